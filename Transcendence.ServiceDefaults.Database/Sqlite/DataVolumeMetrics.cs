using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>How full the volume is that has the service's data: when it is full, nothing is stored any more.</summary>
internal static class DataVolumeMetrics
{
    public static void Register(IServiceProvider services, string directory)
    {
        var metrics = services.GetRequiredService<IMetricFactory>();
        var free = metrics.CreateGauge("transcendence_data_free_bytes", "Free bytes of the volume that has the service's data.");
        var size = metrics.CreateGauge("transcendence_data_size_bytes", "Size in bytes of the volume that has the service's data.");
        services.GetRequiredService<CollectorRegistry>().AddBeforeCollectCallback(() =>
        {
            try
            {
                var volume = new DriveInfo(directory);
                free.Set(volume.AvailableFreeSpace);
                size.Set(volume.TotalSize);
            }
            catch (IOException)
            {
                // The volume is gone, and the health of the database says so.
                free.Set(double.NaN);
            }
        });
    }
}
