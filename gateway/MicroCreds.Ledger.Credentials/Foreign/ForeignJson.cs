using System.Text.Json;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Names what JSON is: by its types and contexts, and by members where a form has neither.</summary>
internal static partial class ForeignJson
{
    private const int MaxContexts = 16;
    private const string CredentialType = "VerifiableCredential";

    /// <summary>Tells whether it is a credential or record of a kind that is known here.</summary>
    public static bool IsRecognized(JsonElement root) => Recognize(root).Kind != ForeignKind.Json;

    /// <summary>Names it.</summary>
    public static ForeignFinding Recognize(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return new ForeignFinding { Kind = ForeignKind.Json };
        string contexts = ContextsOf(root);
        return RecognizeBadge(root, contexts) ?? RecognizeCredential(root, contexts) ?? RecognizeOther(root)
            ?? new ForeignFinding { Kind = ForeignKind.Json };
    }

    private static ForeignFinding? RecognizeBadge(JsonElement root, string contexts)
    {
        if (contexts.Contains("blockcerts", StringComparison.OrdinalIgnoreCase)
            || JsonEnvelope.HasType(root, "BlockcertsCredential"))
        {
            return Claims(
                root, ForeignKind.Blockcerts, VersionIn(contexts, Blockcerts()),
                [["issuer"], ["badge", "issuer"]],
                [["credentialSubject", "achievement"], ["badge"], ["title"], ["name"], ["credentialSubject", "title"]]);
        }

        if (JsonEnvelope.HasType(root, "ClrCredential") || JsonEnvelope.HasType(root, "CLR")
            || JsonEnvelope.HasType(root, "Clr"))
        {
            bool isCredential = JsonEnvelope.HasType(root, CredentialType);
            return Claims(
                root, ForeignKind.LearnerRecord, isCredential ? "2.0" : "1.0", [["issuer"], ["publisher"]], [["name"]]);
        }

        if (contexts.Contains("/spec/ob/v3", StringComparison.Ordinal)
            || ((JsonEnvelope.HasType(root, "OpenBadgeCredential")
                || JsonEnvelope.HasType(root, "AchievementCredential")) && Has(root, "credentialSubject")))
        {
            return Claims(
                root, ForeignKind.OpenBadge3, "3.0", [["issuer"]],
                [["credentialSubject", "achievement"], ["name"]]);
        }

        bool isHosted = contexts.Contains("w3id.org/openbadges/v", StringComparison.Ordinal);
        bool isOldAssertion = Has(root, "badge") && (Has(root, "verify") || Has(root, "verification"))
            && Has(root, "recipient");
        return isHosted || isOldAssertion
            ? Claims(
                root, ForeignKind.OpenBadge2, isHosted ? VersionIn(contexts, OpenBadges()) : "1.0",
                [["badge", "issuer"], ["issuer"]], [["badge"], ["name"]])
            : null;
    }

    private static ForeignFinding? RecognizeCredential(JsonElement root, string contexts)
    {
        if (contexts.Contains("data.europa.eu/snb", StringComparison.Ordinal)
            || JsonEnvelope.HasType(root, "EuropeanDigitalCredential")
            || JsonEnvelope.HasType(root, "EuropassCredential"))
        {
            return Claims(
                root, ForeignKind.EuropeanCredential, null, [["issuer"]],
                [["displayParameter", "title"], ["credentialSubject", "hasClaim", "title"], ["title"], ["name"]]);
        }

        if (JsonEnvelope.HasType(root, CredentialType))
        {
            string? version = contexts.Contains("/ns/credentials/v2", StringComparison.Ordinal) ? "2.0"
                : contexts.Contains("/2018/credentials/v1", StringComparison.Ordinal) ? "1.1" : null;
            var found = Claims(
                root, ForeignKind.VerifiableCredential, version, [["issuer"]],
                [["name"], ["credentialSubject", "achievement"], ["credentialSubject", "degree"],
                    ["credentialSubject", "hasCredential"]]);
            return found.ClaimedTitle is null ? found with { ClaimedTitle = OwnType(root) } : found;
        }

        return JsonEnvelope.HasType(root, "VerifiablePresentation")
            ? Claims(root, ForeignKind.Presentation, null, [["holder"]], [["name"]])
            : null;
    }

    private static ForeignFinding? RecognizeOther(JsonElement root)
    {
        if (Has(root, "actor") && Has(root, "verb") && Has(root, "object"))
        {
            return Claims(
                root, ForeignKind.LearningStatement, null, [["authority"]], [["object", "definition"], ["object"]]);
        }

        if (Has(root, "verificationMethod") && root.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String && id.GetString()!.StartsWith("did:", StringComparison.Ordinal))
            return Claims(root, ForeignKind.DidDocument, null, [["id"]], []);

        return Has(root, "vct") && Has(root, "iss") ? ForeignToken.OfClaims(root) : null;
    }

    private static ForeignFinding Claims(
        JsonElement root, ForeignKind kind, string? version, string[][] issuers, string[][] titles) => new()
        {
            Kind = kind,
            Version = version,
            ClaimedIssuer = First(root, issuers),
            ClaimedTitle = First(root, titles),
        };

    private static string? First(JsonElement root, string[][] places) =>
        places.Select(place => ClaimedText.Of(ClaimedText.At(root, place))).FirstOrDefault(text => text is not null);

    /// <summary>The type that says most, of a credential that has no name.</summary>
    private static string? OwnType(JsonElement root)
    {
        var types = ClaimedText.At(root, "type");
        if (types.ValueKind != JsonValueKind.Array) return null;
        return types.EnumerateArray()
            .Where(one => one.ValueKind == JsonValueKind.String && !one.ValueEquals(CredentialType))
            .Select(one => ClaimedText.Of(one.GetString())).FirstOrDefault();
    }

    private static bool Has(JsonElement root, string name) => root.TryGetProperty(name, out var value)
        && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    private static string ContextsOf(JsonElement root)
    {
        if (!root.TryGetProperty("@context", out var contexts)) return "";
        return contexts.ValueKind switch
        {
            JsonValueKind.String => contexts.GetString()!,
            JsonValueKind.Array => string.Join(' ', contexts.EnumerateArray().Take(MaxContexts)
                .Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString())),
            _ => "",
        };
    }

    private static string? VersionIn(string contexts, Regex version) =>
        version.Match(contexts) is { Success: true } match
            ? match.Groups[1].Value is { Length: 1 } major ? major + ".0" : match.Groups[1].Value
            : null;

    [GeneratedRegex(@"blockcerts(?:\.org)?/(?:schemas?/|context/)?v?([1-9](?:\.[0-9])?)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Blockcerts();

    [GeneratedRegex(@"openbadges/v([1-9])", RegexOptions.CultureInvariant)]
    private static partial Regex OpenBadges();
}
