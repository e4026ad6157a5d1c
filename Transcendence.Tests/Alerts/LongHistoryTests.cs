using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Inbox;

namespace Transcendence.Tests.Alerts;

/// <summary>What the inbox asks of its history, by SQLite's own plan: none of it reads all there is, or sorts it.</summary>
public sealed class LongHistoryTests : IDisposable
{
    private static readonly DateTimeOffset s_cutoff = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly AlertsDbContext _database;

    public LongHistoryTests()
    {
        _database = new AlertsDbContext(new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite($"Data Source={_directory["alerts.db"]};Pooling=False").Options);
        _database.Database.Migrate();
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("all")]
    [InlineData("history")]
    [InlineData("resolved")]
    [InlineData("expired")]
    [InlineData("name")]
    [InlineData("severity")]
    [InlineData("after")]
    public void AListIsReadInTheOrderOfAnIndex(string list)
    {
        var alerts = list switch
        {
            "history" => _database.Alerts.Ended(s_cutoff),
            "resolved" => _database.Alerts.Resolved(),
            "expired" => _database.Alerts.Expired(s_cutoff),
            "name" => _database.Alerts.Where(alert => alert.Name == "BackendDown"),
            "severity" => _database.Alerts.Where(alert => alert.Severity == "critical"),
            "after" => _database.Alerts.Where(alert => alert.StartsAt <= s_cutoff && (alert.StartsAt < s_cutoff || alert.Id < 7)),
            _ => _database.Alerts,
        };
        var plan = PlanOf(alerts.OrderByDescending(alert => alert.StartsAt).ThenByDescending(alert => alert.Id).Take(20));
        Assert.All(plan, step => Assert.DoesNotContain("TEMP B-TREE", step, StringComparison.Ordinal));
        Assert.Contains(plan, step => Regex.IsMatch(step, @"(SCAN|SEARCH) a0? USING INDEX IX_Alerts_"));
    }

    [Fact]
    public void WhatFiresIsFoundAmongWhatIsOpen() => Assert.Contains("IX_Alerts_Active", Assert.Single(PlanOf(_database.Alerts.Active(s_cutoff))), StringComparison.Ordinal);

    private List<string> PlanOf(IQueryable<Alert> query)
    {
        using var connection = new SqliteConnection(_database.Database.GetConnectionString());
        connection.Open();
        using var command = query.CreateDbCommand();
        using var explain = connection.CreateCommand();
        explain.CommandText = $"EXPLAIN QUERY PLAN {command.CommandText}";
        foreach (System.Data.Common.DbParameter parameter in command.Parameters)
        {
            explain.Parameters.AddWithValue(parameter.ParameterName, parameter.Value);
        }

        using var reader = explain.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }
}
