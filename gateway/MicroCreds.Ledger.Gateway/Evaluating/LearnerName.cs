using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>Whether two names are one person's: letters composed or not, large or small.</summary>
internal static class LearnerName
{
    /// <summary>Compares names; those that are withheld are equal.</summary>
    public static readonly IEqualityComparer<string?> Comparer = EqualityComparer<string?>.Create(
        AreSame, name => StringComparer.OrdinalIgnoreCase.GetHashCode(Plain(name)));

    /// <summary>Whether two names are one person's.</summary>
    public static bool AreSame(string? one, string? other) =>
        string.Equals(Plain(one), Plain(other), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string? name) => ComposedText.Of((name ?? "").Trim());
}
