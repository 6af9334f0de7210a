using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Names what a token (RFC 7515) carries.</summary>
internal static class ForeignToken
{
    private const string PresentationType = "vp+jwt";

    /// <summary>What Open Badges has tokens call themselves.</summary>
    private const string AnyType = "JWT";

    /// <summary>The claims in which the data model of version 1.1 had tokens hold what they secure.</summary>
    private static readonly string[] OlderClaims = ["vc", "vp"];

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

    /// <summary>
    /// The algorithm of a token, under the name that it has here; empty if it is not known here, or the header asks for
    /// what is not: it could change what is signed (RFC 7515, 4.1.11; RFC 7797).
    /// </summary>
    /// <param name="header">The header.</param>
    public static string AlgorithmOf(JsonElement header)
    {
        if (header.ValueKind != JsonValueKind.Object || header.TryGetProperty("crit", out _)
            || header.TryGetProperty("b64", out _))
            return "";
        string named = header.TryGetProperty("alg", out var value) && value.ValueKind == JsonValueKind.String
            ? CompactJws.AlgorithmIn(value.GetString()!) : "";
        return named is CompactJws.Es256 or CompactJws.EdDsa ? named : "";
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

    /// <summary>
    /// Names what of a token does not keep to the W3C's data model and to how tokens secure it (VC-JOSE-COSE).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="isPresentation">Whether it is to be a presentation.</param>
    /// <exception cref="FormatException">It is no token.</exception>
    /// <exception cref="JsonException">What it holds is not JSON.</exception>
    public static IReadOnlyList<CredentialFault> FaultsOf(ReadOnlyMemory<byte> token, bool isPresentation)
    {
        using var document = JsonDocument.Parse(ClaimsOf(token));
        var claims = document.RootElement;
        var faults = new List<CredentialFault>(isPresentation
            ? DataModelCheck.OfPresentation(claims)
            : DataModelCheck.OfCredential(claims, isToken: true));
        if (claims.ValueKind != JsonValueKind.Object) return faults;
        foreach (string name in OlderClaims.Where(name => claims.TryGetProperty(name, out _)))
            faults.Add(new CredentialFault("/" + name, "Since version 2 of the data model no token has this claim."));
        if (claims.TryGetProperty("iss", out var issuer) && !isPresentation && !IsIssuer(claims, issuer))
            faults.Add(new CredentialFault("/iss", "It must be the same as the issuer."));

        string type = isPresentation ? PresentationType : TokenClaims.VcJwtType;
        if (TypeOf(token) is { } found && found != type && found != AnyType)
            faults.Add(new CredentialFault($"{CompactJws.HeaderPath}/typ", $"It must be {type}."));
        return faults;
    }

    private static bool IsIssuer(JsonElement claims, JsonElement issuer)
    {
        if (!claims.TryGetProperty("issuer", out var named)) return true;
        if (named.ValueKind == JsonValueKind.Object && !named.TryGetProperty("id", out named)) return true;
        return JsonElement.DeepEquals(named, issuer);
    }

    /// <summary>The type that a token's header names; nothing if it names none, or is none.</summary>
    /// <exception cref="JsonException">Its header is not JSON.</exception>
    public static string? TypeOf(ReadOnlyMemory<byte> token)
    {
        var text = CredentialForms.Trim(token).Span;
        if (!StrictBase64Url.TryDecode(text[..Math.Max(0, text.IndexOf((byte)'.'))], out byte[] bytes)) return null;
        using var header = JsonDocument.Parse(bytes);
        return header.RootElement.ValueKind == JsonValueKind.Object
            && header.RootElement.TryGetProperty("typ", out var type) && type.ValueKind == JsonValueKind.String
                ? type.GetString()
                : null;
    }
}
