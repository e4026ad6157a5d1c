namespace Transcendence.Hosting.Grafana;

/// <summary>Leads from an exemplar in Grafana to its trace in the Aspire dashboard.</summary>
internal static partial class TraceLinks
{
    // As Aspire names it in the model, once the application starts with its dashboard.
    private const string DashboardResource = "aspire-dashboard";

    /// <summary>Adds the link to the provisioned data sources, where the application has a dashboard.</summary>
    /// <param name="files">The texts of the configuration; changed in place.</param>
    /// <param name="builder">The application.</param>
    /// <param name="services">Its services.</param>
    /// <remarks>
    /// <c>trace_id</c> is the label of exemplars by OpenMetrics' convention. See Grafana's documentation, Prometheus data source, provisioning;
    /// <c>$$</c> is a dollar sign there, because Grafana replaces variables of its environment in these files.
    /// </remarks>
    public static Task AddAsync(IDictionary<string, string> files, IDistributedApplicationBuilder builder, IServiceProvider services)
    {
        var url = builder.Configuration["ASPNETCORE_URLS"]?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (url is null || !services.GetRequiredService<DistributedApplicationModel>().Resources.Any(r => r.Name == DashboardResource))
        {
            return Task.CompletedTask;
        }

        foreach (var (path, text) in files.Where(f => f.Key.StartsWith("provisioning/datasources/", StringComparison.Ordinal)).ToList())
        {
            if (text.Contains("type: prometheus", StringComparison.Ordinal) && !text.Contains("exemplarTraceIdDestinations", StringComparison.Ordinal))
            {
                files[path] = JsonData().Replace(
                    text,
                    match => $$"""
                        {{match.Groups["key"].Value}}
                        {{match.Groups["indent"].Value}}exemplarTraceIdDestinations:
                        {{match.Groups["indent"].Value}}  - name: trace_id
                        {{match.Groups["indent"].Value}}    url: '{{url.TrimEnd('/')}}/traces/detail/$${__value.raw}'
                        {{match.Groups["indent"].Value}}    urlDisplayLabel: Trace in the Aspire dashboard
                        {{match.Groups["indent"].Value}}
                        """.ReplaceLineEndings("\n"));
            }
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex("^(?<key> *jsonData:) *\\r?\\n(?<indent> +)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex JsonData();
}
