var builder = DistributedApplication.CreateBuilder(args);
builder.AddPrometheus("metrics").WithConfiguration(builder.Configuration["Files"] ?? "files").WithMetrics();
builder.Build().Run();
