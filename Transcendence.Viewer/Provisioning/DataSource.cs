using System.Security.Cryptography;

namespace Transcendence.Viewer.Provisioning;

/// <summary>A provisioned data source.</summary>
/// <remarks>
/// Dashboards name it by its uid, and mean the default one when they name none. Its address ends with a slash; its further settings
/// are as they stand in the file.
/// </remarks>
internal sealed record DataSource(string Uid, string Name, string Type, Uri Url, bool IsDefault, JsonObject JsonData)
{
    /// <summary>The only type that can be asked.</summary>
    public const string PrometheusType = "prometheus";

    /// <summary>Whether queries are to be sent as GET; Grafana's default is POST, which has no limit of length.</summary>
    public bool UsesGet => "GET".Equals(JsonData.Text("httpMethod"), StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an entry of <c>datasources</c>.</summary>
    /// <exception cref="ProvisioningException">Something is missing in it.</exception>
    public static DataSource Read(JsonObject entry)
    {
        var (name, address) = (entry.Text("name"), entry.Text("url"));
        Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url);
        return name.Length == 0 ? throw new ProvisioningException("A data source has no `name`.")
            : url is not { Scheme: "http" or "https", Query: "" }
                ? throw new ProvisioningException($"The data source '{name}' has the url '{address}'. Give it one such as http://prometheus:9090.")
            : url.UserInfo.Length > 0
                ? throw new ProvisioningException($"The data source '{name}' has credentials in its url. The viewer sends none: take them out.")
            : new DataSource(
                entry.Text("uid") is { Length: > 0 } uid ? uid : UidOf(name),
                name,
                entry.Text("type"),
                url,
                entry.Flag("isDefault"),
                entry["jsonData"]?.DeepClone() as JsonObject ?? []);
    }

    // As Grafana makes it, so that a dashboard finds the same data source in both.
    private static string UidOf(string name) => "P" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
}
