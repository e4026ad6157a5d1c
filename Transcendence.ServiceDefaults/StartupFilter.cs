namespace Transcendence.ServiceDefaults;

/// <summary>Puts middleware before everything that the service itself adds.</summary>
internal sealed class StartupFilter(Action<IApplicationBuilder> add) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => add + next;
}
