using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Transcendence.Alerts.Data.Migrations
{
    /// <inheritdoc />
    public partial class InferredEnds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "EndIsInferred",
                table: "Alerts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "EndIsInferred",
                table: "Alerts");
        }
    }
}
