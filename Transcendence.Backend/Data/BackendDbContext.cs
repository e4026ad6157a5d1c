using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Transcendence.Backend.Data;

/// <summary>Players and matches, in SQLite.</summary>
internal sealed class BackendDbContext(DbContextOptions<BackendDbContext> options) : DbContext(options)
{
    private const int CannotOpen = 14; // SQLITE_CANTOPEN

    // SQLite has one writer at a time. Waiting here is a queue; waiting in SQLite is polling, with a thread blocked in it.
    private static readonly SemaphoreSlim Writer = new(1, 1);

    /// <summary>The players.</summary>
    public DbSet<Player> Players => Set<Player>();

    /// <summary>The matches.</summary>
    public DbSet<Match> Matches => Set<Match>();

    /// <summary>
    /// Runs <paramref name="work"/> alone among all writers, in a transaction that takes SQLite's write lock before it reads
    /// (<c>BEGIN IMMEDIATE</c>): what it read is still true when it writes. Returns after the commit has reached the disk.
    /// </summary>
    /// <param name="work">What to read and to save; when it throws, nothing is changed.</param>
    /// <param name="cancellationToken">Gives up waiting, or the transaction.</param>
    /// <returns>What <paramref name="work"/> returned.</returns>
    /// <exception cref="SqliteException">The database cannot be written.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await Writer.WaitAsync(cancellationToken);
        try
        {
            // An open handle still takes writes to a file that has been deleted, and nobody would ever read them again.
            if (!File.Exists(Database.GetDbConnection().DataSource))
            {
                throw new SqliteException("The database file is gone.", CannotOpen);
            }

            // Microsoft.Data.Sqlite begins IMMEDIATE unless it is asked for a deferred transaction.
            await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
            var result = await work();
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            Writer.Release();
        }
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Player>(player =>
        {
            player.HasIndex(p => p.NameKey).IsUnique();
            player.HasIndex(p => new { p.Rating, p.Wins, p.Id }).IsDescending(true, true, false);
        });

        modelBuilder.Entity<Match>(match =>
        {
            match.HasOne(m => m.Player1).WithMany().HasForeignKey(m => m.Player1Id).OnDelete(DeleteBehavior.Restrict);
            match.HasOne(m => m.Player2).WithMany().HasForeignKey(m => m.Player2Id).OnDelete(DeleteBehavior.Restrict);
            match.HasIndex(m => m.IdempotencyKey).IsUnique();
            match.ToTable(table =>
            {
                table.HasCheckConstraint("CK_Matches_TwoPlayers", "Player1Id <> Player2Id");
                table.HasCheckConstraint("CK_Matches_NoDraw", "Player1Score <> Player2Score");
            });
        });
    }
}
