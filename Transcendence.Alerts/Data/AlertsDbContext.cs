using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Transcendence.Alerts.Data;

/// <summary>Alerts and the notifications that told of them, in SQLite.</summary>
internal sealed class AlertsDbContext(DbContextOptions<AlertsDbContext> options) : ServiceDbContext(options)
{
    private const string Open = "\"ResolvedAt\" IS NULL AND NOT \"Superseded\"";

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<AlertEvent> Events => Set<AlertEvent>();

    public DbSet<WatchdogWord> Watchdog => Set<WatchdogWord>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Alert>(alert =>
        {
            alert.HasIndex(a => new { a.Fingerprint, a.StartsAt }).IsUnique();
            alert.HasIndex(a => a.StartsAt);
            alert.HasIndex(a => a.LastSeenAt);

            // In the order in which they are listed; and the few that are open among the many that are not.
            alert.HasIndex(a => new { a.Name, a.StartsAt });
            alert.HasIndex(a => new { a.Severity, a.StartsAt });
            alert.HasIndex(a => a.StartsAt, "IX_Alerts_Unresolved").HasFilter("\"ResolvedAt\" IS NULL");
            alert.HasIndex(a => a.Fingerprint, "IX_Alerts_Open").HasFilter(Open);
            alert.HasIndex(a => a.LastSeenAt, "IX_Alerts_Active").HasFilter(Open);
            alert.Property(a => a.Labels).HasConversion<JsonConverter, JsonComparer>();
            alert.Property(a => a.Annotations).HasConversion<JsonConverter, JsonComparer>();
            alert.HasMany(a => a.Events).WithOne(e => e.Alert).HasForeignKey(e => e.AlertId);
        });

        modelBuilder.Entity<WatchdogWord>().Property(word => word.Id).ValueGeneratedNever();

        modelBuilder.Entity<Notification>(notification =>
        {
            notification.HasIndex(n => n.ReceivedAt);
            notification.HasMany(n => n.Events).WithOne(e => e.Notification).HasForeignKey(e => e.NotificationId);
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();

    /// <summary>UTC, always of the same width: sorts as text as it does as time, and a person can read it with <c>sqlite3</c>.</summary>
    internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, string>(
        time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));

    internal sealed class JsonConverter() : ValueConverter<IReadOnlyDictionary<string, string>, string>(
        pairs => ToJson(pairs),
        json => JsonSerializer.Deserialize<Dictionary<string, string>>(json, JsonSerializerOptions.Default)!);

    internal sealed class JsonComparer() : ValueComparer<IReadOnlyDictionary<string, string>>(
        (left, right) => ToJson(left) == ToJson(right),
        pairs => ToJson(pairs).GetHashCode(StringComparison.Ordinal),
        pairs => pairs);

    private static string ToJson(IReadOnlyDictionary<string, string>? pairs) => JsonSerializer.Serialize(pairs, JsonSerializerOptions.Default);
}
