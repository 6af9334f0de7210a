using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Reads the Key Binding JWT (RFC 9901) by which a wallet proves the learner's key.</summary>
internal static class KeyBindingReader
{
    /// <summary>The type of such a token.</summary>
    public const string Type = "kb+jwt";

    // Wallets may name the key; which one it must be, the credential says.
    private static readonly string[] HeaderNames = ["alg", "kid", "typ"];

    /// <summary>Reads it. What is wrong with it is part of the answer: the credential is judged all the same.</summary>
    /// <param name="token">The token.</param>
    /// <param name="presented">What stands before it: the SD-JWT with its disclosures, up to the last ~.</param>
    public static HolderProof Read(ReadOnlyMemory<byte> token, ReadOnlySpan<byte> presented)
    {
        var faults = new FaultCollector();
        if (CompactJws.Split(token, faults) is not { } parts) return Malformed(faults);
        CompactJws.ReadHeader(
            parts.Header.Span, Type, HeaderNames, faults, out string algorithm, takesBothNames: true);
        try
        {
            using var payload = TokenPayload.Parse(parts.Payload, faults, out _);
            var proof = Read(payload.RootElement, faults, presented) with
            {
                Algorithm = algorithm,
                SignedBytes = parts.SignedBytes,
                Signature = parts.Signature,
            };
            return faults.Faults.Count == 0 ? proof : Malformed(faults);
        }
        catch (CredentialFormatException)
        {
            return Malformed(faults);
        }
    }

    private static HolderProof Read(JsonElement claims, FaultCollector faults, ReadOnlySpan<byte> presented)
    {
        if (!claims.TryGetProperty("iat", out _)) faults.Add("/iat", "It is missing.");
        return new HolderProof
        {
            Audience = faults.Text(claims, "", "aud"),
            Nonce = faults.Text(claims, "", "nonce"),
            MadeAt = Time(claims, "iat", faults),
            NotBefore = Time(claims, "nbf", faults),
            Expires = Time(claims, "exp", faults),
            IsOfPresentation = faults.Text(claims, "", "sd_hash") == SealedCredential.DigestOf(presented),
        };
    }

    private static HolderProof Malformed(FaultCollector faults) => new()
    {
        Fault = string.Join(" ", faults.Faults.Select(fault => $"{fault.Path}: {fault.Message}")),
    };

    /// <summary>
    /// Reads a NumericDate, which may have a fraction (RFC 7519); what lies beyond the years 1 to 9999 is none.
    /// </summary>
    internal static DateTimeOffset? Time(JsonElement claims, string name, FaultCollector faults)
    {
        if (!claims.TryGetProperty(name, out var claim)) return null;
        if (claim.ValueKind == JsonValueKind.Number && claim.TryGetDouble(out double seconds)
            && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        faults.Add("/" + name, "It must be a time in seconds since 1970.");
        return null;
    }
}
