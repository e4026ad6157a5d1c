using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Transcendence.Alerts.Data.Migrations
{
    /// <inheritdoc />
    public partial class LongLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Active",
                table: "Alerts",
                column: "LastSeenAt",
                filter: "\"ResolvedAt\" IS NULL AND NOT \"Superseded\"");

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Name_StartsAt",
                table: "Alerts",
                columns: new[] { "Name", "StartsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Open",
                table: "Alerts",
                column: "Fingerprint",
                filter: "\"ResolvedAt\" IS NULL AND NOT \"Superseded\"");

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Severity_StartsAt",
                table: "Alerts",
                columns: new[] { "Severity", "StartsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Unresolved",
                table: "Alerts",
                column: "StartsAt",
                filter: "\"ResolvedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Alerts_Active",
                table: "Alerts");

            migrationBuilder.DropIndex(
                name: "IX_Alerts_Name_StartsAt",
                table: "Alerts");

            migrationBuilder.DropIndex(
                name: "IX_Alerts_Open",
                table: "Alerts");

            migrationBuilder.DropIndex(
                name: "IX_Alerts_Severity_StartsAt",
                table: "Alerts");

            migrationBuilder.DropIndex(
                name: "IX_Alerts_Unresolved",
                table: "Alerts");
        }
    }
}
