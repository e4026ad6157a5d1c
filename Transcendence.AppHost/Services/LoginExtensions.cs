namespace Transcendence.AppHost;

/// <summary>Who may log in.</summary>
internal static class LoginExtensions
{
    /// <summary>Has the inbox let in whom Grafana lets in.</summary>
    public static IResourceBuilder<ProjectResource> WithLoginOf(this IResourceBuilder<ProjectResource> inbox, IResourceBuilder<IGrafanaResource> grafana)
    {
        inbox.WithEnvironment(context =>
        {
            context.EnvironmentVariables["GF_SECURITY_ADMIN_USER"] = grafana.Resource.AdminUser;
            context.EnvironmentVariables["GF_SECURITY_ADMIN_PASSWORD"] = grafana.Resource.AdminPassword;
        });
        return inbox.ApplicationBuilder.ExecutionContext.IsRunMode ? inbox.WithEnvironment("Alerts__LoginHint", grafana.Resource.LoginHint(inbox.ApplicationBuilder)) : inbox;
    }

    /// <summary>How a user learns the password.</summary>
    public static ReferenceExpression LoginHint(this IGrafanaResource grafana, IDistributedApplicationBuilder builder) => ReferenceExpression.Create(
        $"User: {grafana.AdminUser}. Password: the parameter {grafana.AdminPassword.Name}, shown by Aspire's dashboard, or by: dotnet user-secrets list --project \"{builder.AppHostDirectory}\"");
}
