using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Transcendence.Backend;

/// <summary>What a player may be called.</summary>
/// <remarks>
/// Letters and digits of any script, and a few marks between them. What cannot be seen (control characters, zero-width
/// characters, direction overrides) could forge another's name; combining accents are refused because the services run
/// without ICU (<c>InvariantGlobalization</c>) and could not see that <c>e</c> + accent is <c>é</c>.
/// </remarks>
internal static class PlayerName
{
    /// <summary>The longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 32;

    private const string Marks = " -_.'";

    /// <summary>The name without white space around it.</summary>
    public static string Clean(string name) => name.Trim();

    /// <summary>The form in which names are compared: their case does not count.</summary>
    public static string Key(string name) => Clean(name).ToUpperInvariant();

    /// <summary>Says what is wrong with a name.</summary>
    /// <param name="name">The name as the client sent it.</param>
    /// <returns>The reason and the remedy, or null when nothing is wrong.</returns>
    public static string? Fault(string? name)
    {
        var clean = Clean(name ?? "");
        if (clean.Length is 0 or > MaxLength)
        {
            return $"A name has 1 to {MaxLength} characters.";
        }

        return clean.EnumerateRunes().All(rune => Rune.IsLetterOrDigit(rune) || (rune.IsBmp && Marks.Contains((char)rune.Value)))
            ? null
            : $"A name is made of letters, digits, spaces and {Marks.Trim()} only.";
    }
}

/// <summary>Refuses what <see cref="PlayerName"/> refuses.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PlayerNameAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        PlayerName.Fault(value as string) is { } fault ? new ValidationResult(fault) : ValidationResult.Success;
}
