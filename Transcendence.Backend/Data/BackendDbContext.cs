namespace Transcendence.Backend.Data;

/// <summary>Players and matches, in SQLite.</summary>
internal class BackendDbContext : ServiceDbContext
{
    public BackendDbContext(DbContextOptions<BackendDbContext> options) : base(options)
    {
    }

    private protected BackendDbContext(DbContextOptions options) : base(options)
    {
    }

    public DbSet<Player> Players => Set<Player>();

    public DbSet<Match> Matches => Set<Match>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Player>(player =>
        {
            player.HasIndex(p => p.NameKey).IsUnique();
            // The leaderboard: only those who have played.
            player.HasIndex(p => new { p.Rating, p.Wins, p.Id }).IsDescending(true, true, false).HasFilter("\"Wins\" + \"Losses\" > 0");
        });

        modelBuilder.Entity<Match>(match =>
        {
            match.HasOne(m => m.Player1).WithMany().HasForeignKey(m => m.Player1Id).OnDelete(DeleteBehavior.Restrict);
            match.HasOne(m => m.Player2).WithMany().HasForeignKey(m => m.Player2Id).OnDelete(DeleteBehavior.Restrict);
            match.HasIndex(m => m.IdempotencyKey).IsUnique();
            match.HasIndex(m => new { m.Player1Id, m.Id }); // In the order in which a player's matches are listed.
            match.HasIndex(m => new { m.Player2Id, m.Id });
            match.ToTable(table =>
            {
                // PostgreSQL takes a name without quotes for one in lower case.
                var quote = Database.IsNpgsql() ? "\"" : "";
                table.HasCheckConstraint("CK_Matches_TwoPlayers", $"{quote}Player1Id{quote} <> {quote}Player2Id{quote}");
                table.HasCheckConstraint("CK_Matches_NoDraw", $"{quote}Player1Score{quote} <> {quote}Player2Score{quote}");
            });
        });
    }
}

/// <summary>The same in PostgreSQL, with migrations of its own.</summary>
internal sealed class PostgreSqlBackendDbContext(DbContextOptions<PostgreSqlBackendDbContext> options) : BackendDbContext(options);
