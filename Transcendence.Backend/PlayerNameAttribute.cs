namespace Transcendence.Backend;

/// <summary>What a player may be called.</summary>
/// <remarks>
/// Letters and digits of any script, and a few marks between them. What cannot be seen (control characters, zero-width
/// characters, direction overrides) could forge another's name; combining accents are refused because the services run
/// without ICU (<c>InvariantGlobalization</c>) and could not see that <c>e</c> + accent is <c>é</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PlayerNameAttribute : ValidationAttribute
{
    /// <summary>The longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 32;

    private const string Marks = " -_.'";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var name = (value as string ?? "").Trim();
        return name.Length is 0 or > MaxLength ? new($"A name has 1 to {MaxLength} characters.")
            : !name.EnumerateRunes().All(rune => Rune.IsLetterOrDigit(rune) || (rune.IsBmp && Marks.Contains((char)rune.Value)))
                ? new($"A name is made of letters, digits, spaces and {Marks.Trim()} only.")
            : ValidationResult.Success;
    }
}
