using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>The resources and how they are now.</summary>
internal sealed class KnownResources(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    /// <summary>All, in the order of the model.</summary>
    public IEnumerable<ResourceEvent> All => model.Resources.Select(resource => Find(resource.Name)).OfType<ResourceEvent>();

    public ResourceEvent? Find(string name) => notifications.TryGetCurrentState(name, out var resource) ? resource : null;

    public ProblemHttpResult Unknown(string name) => Problems.Of(
        StatusCodes.Status404NotFound,
        "No such resource",
        $"There is no resource '{name}'. There are: {string.Join(", ", model.Resources.Select(r => r.Name))}.");
}
