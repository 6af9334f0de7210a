using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Names what a token (RFC 7515) carries.</summary>
internal static class ForeignToken
{
    /// <summary>Names a token; nothing of what is none.</summary>
    public static ForeignFinding? Recognize(ReadOnlySpan<byte> token)
    {
        if (OwnMark.PayloadOf(token) is not { } payload) return null;
        bool isSelective = token.IndexOf(CredentialForms.DisclosureSeparator) >= 0;
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new ForeignFinding { Kind = ForeignKind.Token };
            if (isSelective || root.TryGetProperty("vct", out _)) return OfClaims(root);
            return OfCredential(root);
        }
        catch (JsonException)
        {
            // A CBOR or compressed payload, as some wallets have.
            return new ForeignFinding { Kind = isSelective ? ForeignKind.SdJwtVc : ForeignKind.Token };
        }
    }

    /// <summary>Names the claims of an SD-JWT VC.</summary>
    public static ForeignFinding OfClaims(JsonElement claims) => new()
    {
        Kind = ForeignKind.SdJwtVc,
        ClaimedIssuer = ClaimedText.Of(ClaimedText.At(claims, "issuer"))
            ?? ClaimedText.Of(ClaimedText.At(claims, "iss")),
        ClaimedTitle = ClaimedText.Of(ClaimedText.At(claims, "name")) ?? ClaimedText.Of(ClaimedText.At(claims, "vct")),
    };

    private static ForeignFinding OfCredential(JsonElement root)
    {
        // The data model of version 1.1 put the credential into a claim; what follows it is the payload itself.
        bool isClaim = root.TryGetProperty("vc", out var claim) && claim.ValueKind == JsonValueKind.Object;
        var found = ForeignJson.Recognize(isClaim ? claim : root.TryGetProperty("vp", out var shown) ? shown : root);
        if (found.Kind == ForeignKind.Json) found = found with { Kind = ForeignKind.Token };
        return found with
        {
            ClaimedIssuer = found.ClaimedIssuer ?? ClaimedText.Of(ClaimedText.At(root, "iss")),
        };
    }

    /// <summary>Gives the payload of a token, or the document itself.</summary>
    /// <exception cref="FormatException">It begins as a token, and is none.</exception>
    public static ReadOnlyMemory<byte> ClaimsOf(ReadOnlyMemory<byte> piece)
    {
        var text = CredentialForms.Trim(piece);
        if (!text.Span.StartsWith("ey"u8)) return text;
        int end = text.Span.IndexOf(CredentialForms.DisclosureSeparator);
        return CompactJws.Split(end < 0 ? text : text[..end], new FaultCollector()) is { Payload: var payload }
            ? payload
            : throw new FormatException("It is no token.");
    }
}
