using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>What a foreign credential is by the W3C's data model: whether it keeps to it, and when it is valid.
/// </summary>
internal static class ForeignModel
{
    /// <summary>Adds it to what was found. Never throws because of what the piece holds.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="piece">The credential.</param>
    public static ForeignFinding LookAt(ForeignFinding finding, ReadOnlyMemory<byte> piece)
    {
        bool hasModel = finding.Kind is ForeignKind.OpenBadge3 or ForeignKind.VerifiableCredential
            or ForeignKind.LearnerRecord or ForeignKind.EuropeanCredential;
        if (!hasModel && finding.Kind is not (ForeignKind.SdJwtVc or ForeignKind.Token or ForeignKind.OpenBadge2
            or ForeignKind.Blockcerts))
            return finding;
        try
        {
            using var document = JsonDocument.Parse(ForeignToken.ClaimsOf(piece));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return finding;

            // Earlier tokens have the credential in a claim of its own; their times stand beside it as well.
            bool isInside = root.TryGetProperty("vc", out var inside) && inside.ValueKind == JsonValueKind.Object;
            var credential = isInside ? inside : root;
            return finding with
            {
                Faults = isInside || !hasModel ? []
                    : IsToken(piece) ? ForeignToken.FaultsOf(piece, isPresentation: false)
                    : DataModelCheck.OfCredential(credential),

                // Whoever says it twice is taken at the narrower word.
                Period = (
                    TimesOf(credential, "validFrom", "issuanceDate").Append(SecondsOf(root, "nbf")).Max(),
                    TimesOf(credential, "validUntil", "expirationDate", "expires").Append(SecondsOf(root, "exp"))
                        .Min()),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // It was named by less than all of it; what cannot be read has no period and no model.
            return finding;
        }
    }

    private static bool IsToken(ReadOnlyMemory<byte> piece) => CredentialForms.Trim(piece).Span.StartsWith("ey"u8);

    private static IEnumerable<DateTimeOffset?> TimesOf(JsonElement credential, params string[] names) =>
        names.Select(name => credential.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && CredentialTime.TryRead(value.GetString(), out var time) ? time : (DateTimeOffset?)null);

    // What lies beyond the years 1 to 9999 is as good as their first or last day.
    private static DateTimeOffset? SecondsOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double seconds)
            ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(
                seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : null;
}
