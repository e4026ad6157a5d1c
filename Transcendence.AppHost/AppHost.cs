using Transcendence.AppHost;

var builder = Application.CreateBuilder(args);
var monitoring = builder.Configuration["Monitoring"];

// What is monitored.
var backend = builder.AddProject<Projects.Transcendence_Backend>("backend")
    .WithPort(8000).WithPage("/openapi/v1.json", "API, inside")
    .WithDatabase(builder.Configuration["Database"])
    .WithHttpHealthCheck("/health")
    .WithFaultPoint().WithMetrics();

builder.AddProject<Projects.Transcendence_Gateway>("gateway")
    .WithPort(8080).WithExternalHttpEndpoints().WithPage("/api/health", "API, public")
    .WithManagementEndpoint(port: 8083)
    .WithReference(backend)
    .WithMetrics(endpointName: "management");

// Who hears of it.
var alerts = builder.AddProject<Projects.Transcendence_Alerts>("alerts")
    .WithPort(8082).WithPage("/", "Alert inbox")
    .WithDatabase()
    .WithHttpHealthCheck("/health")
    .WithCriticalAlerts().WithPeople().WithMetrics();

// What monitors.
var alertmanager = builder.AddAlertmanager("alertmanager", port: 9093)
    .WithConfiguration($"{monitoring}/alertmanager")
    .WithReference(alerts).WithDataVolume().WithMetrics();

var prometheus = builder.AddPrometheus("prometheus", port: 9090)
    .WithConfiguration($"{monitoring}/prometheus").WithObjectives($"{monitoring}/objectives.yml")
    .WithRetention(builder.Configuration["Prometheus:Retention"], builder.Configuration["Prometheus:RetentionSize"])
    .WithRemoteWrite(builder.Configuration["Prometheus:RemoteWrite"]).WithReference(alertmanager).WithDataVolume().WithMetrics();

var grafana = builder.AddGrafana<Projects.Transcendence_Viewer>("grafana", port: 3000)
    .WithConfiguration($"{monitoring}/grafana")
    .WithReference(prometheus).WithExternalHttpEndpoints().WithDataVolume().WithMetrics();

alerts.WithReference(alertmanager).WithReference(prometheus).WithRunbooks($"{monitoring}/runbooks", prometheus, grafana).WithLoginOf(grafana);
builder.AddCAdvisor<Projects.Transcendence_Processes>("cadvisor", port: 8081).WithProcesses().WithMetrics();
builder.AddDrills(prometheus, alertmanager, alerts);
builder.AddDockerComposeEnvironment("compose").WithServer(); // aspire publish -o DIRECTORY

builder.Run();
