using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>Leads from an exemplar in Grafana to its trace in the Aspire dashboard.</summary>
internal static partial class TraceLinks
{
    // As Aspire names it in the model, once the application starts with its dashboard.
    private const string DashboardResource = "aspire-dashboard";

    /// <summary>The URL of the dashboard for a browser on this machine, without a slash at the end; <see langword="null"/> where there is none that shows traces.</summary>
    /// <remarks>Known when the endpoints are. The embedded engine's dashboard shows no traces, and is no resource.</remarks>
    public static async Task<string?> FindDashboardAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        if (resources.OfType<IResourceWithEndpoints>().FirstOrDefault(r => r.Name == DashboardResource) is not { } dashboard)
        {
            return null;
        }

        // Both are there with the launch profile `https`.
        string[] schemes = ["https", "http"];
        var endpoint = schemes.Select(scheme => new EndpointReference(dashboard, scheme, KnownNetworkIdentifiers.LocalhostNetwork)).FirstOrDefault(e => e.Exists);
        return endpoint is null ? null : await endpoint.GetValueAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the link to a provisioned data source.</summary>
    /// <param name="dataSource">The YAML of the data source, which has a <c>jsonData</c>.</param>
    /// <param name="dashboard">The URL of the dashboard.</param>
    /// <remarks>
    /// <c>trace_id</c> is the label of our exemplars. See Grafana's documentation, Prometheus data source, provisioning; <c>$$</c> is a dollar
    /// sign there, because Grafana replaces variables of its environment in these files.
    /// </remarks>
    public static string Add(string dataSource, string dashboard) => JsonData().Replace(
        dataSource,
        match => $$"""
            {{match.Value}}
            {{match.Groups["indent"].Value}}  exemplarTraceIdDestinations:
            {{match.Groups["indent"].Value}}    - name: trace_id
            {{match.Groups["indent"].Value}}      url: '{{dashboard}}/traces/detail/$${__value.raw}'
            {{match.Groups["indent"].Value}}      urlDisplayLabel: Trace in the Aspire dashboard
            """.ReplaceLineEndings("\n"),
        1);

    [GeneratedRegex("^(?<indent> *)jsonData:(?=\\s*$)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex JsonData();
}
