using Transcendence.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

// What is monitored.
var backend = builder.AddProject<Projects.Transcendence_Backend>("backend")
    .WithContainerPort(8000)
    .WithUrlForEndpoint("http", url => url.DisplayText = "API, inside")
    .WithDatabase()
    .WithHttpHealthCheck("/health")
    .WithMetrics();

builder.AddProject<Projects.Transcendence_Gateway>("gateway")
    .WithContainerPort(8080)
    .WithUrlForEndpoint("http", url => url.DisplayText = "API, public")
    .WithManagementEndpoint()
    .WithReference(backend)
    .WaitFor(backend, WaitBehavior.WaitOnResourceUnavailable)
    .WithExternalHttpEndpoints()
    .WithMetrics(endpointName: "management");

// Who hears of it.
var alerts = builder.AddProject<Projects.Transcendence_Alerts>("alerts")
    .WithContainerPort(8082)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Alert inbox")
    .WithDatabase()
    .WithHttpHealthCheck("/health")
    .WithCriticalAlerts()
    .WithMetrics();

// What monitors.
var alertmanager = builder.AddAlertmanager("alertmanager")
    .WithConfiguration("../monitoring/alertmanager")
    .WithReference(alerts)
    .WithDataVolume()
    .WithMetrics();

var prometheus = builder.AddPrometheus("prometheus")
    .WithConfiguration("../monitoring/prometheus")
    .WithReference(alertmanager)
    .WithDataVolume()
    .WithMetrics();

builder.AddGrafana("grafana")
    .WithConfiguration("../monitoring/grafana")
    .WithReference(prometheus)
    .WithDataVolume()
    .WithMetrics();

builder.AddCAdvisor("cadvisor")
    .WithMetrics();

builder.ApplySettings();
builder.Build().Run();
