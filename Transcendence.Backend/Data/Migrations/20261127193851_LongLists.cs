using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Transcendence.Backend.Data.Migrations
{
    /// <inheritdoc />
    public partial class LongLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Players_Rating_Wins_Id",
                table: "Players");

            migrationBuilder.DropIndex(
                name: "IX_Matches_Player1Id",
                table: "Matches");

            migrationBuilder.DropIndex(
                name: "IX_Matches_Player2Id",
                table: "Matches");

            migrationBuilder.CreateIndex(
                name: "IX_Players_Rating_Wins_Id",
                table: "Players",
                columns: new[] { "Rating", "Wins", "Id" },
                descending: new[] { true, true, false },
                filter: "\"Wins\" + \"Losses\" > 0");

            migrationBuilder.CreateIndex(
                name: "IX_Matches_Player1Id_Id",
                table: "Matches",
                columns: new[] { "Player1Id", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Matches_Player2Id_Id",
                table: "Matches",
                columns: new[] { "Player2Id", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Players_Rating_Wins_Id",
                table: "Players");

            migrationBuilder.DropIndex(
                name: "IX_Matches_Player1Id_Id",
                table: "Matches");

            migrationBuilder.DropIndex(
                name: "IX_Matches_Player2Id_Id",
                table: "Matches");

            migrationBuilder.CreateIndex(
                name: "IX_Players_Rating_Wins_Id",
                table: "Players",
                columns: new[] { "Rating", "Wins", "Id" },
                descending: new[] { true, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_Matches_Player1Id",
                table: "Matches",
                column: "Player1Id");

            migrationBuilder.CreateIndex(
                name: "IX_Matches_Player2Id",
                table: "Matches",
                column: "Player2Id");
        }
    }
}
