namespace Transcendence.Backend.Data;

/// <summary>Players and matches, in SQLite.</summary>
internal sealed class BackendDbContext(DbContextOptions<BackendDbContext> options) : SqliteDbContext(options)
{
    public DbSet<Player> Players => Set<Player>();

    public DbSet<Match> Matches => Set<Match>();

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
