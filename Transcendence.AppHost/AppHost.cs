var builder = DistributedApplication.CreateBuilder(args);

var backend = builder.AddProject<Projects.Transcendence_Backend>("backend");
builder.AddProject<Projects.Transcendence_Gateway>("gateway").WithReference(backend);
builder.AddProject<Projects.Transcendence_Alerts>("alerts");

builder.Build().Run();
