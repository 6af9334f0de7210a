using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Reads the proof of the learner's key that a wallet puts behind an SD-JWT (RFC 9901, Key Binding JWT).</summary>
internal static class KeyBindingReader
{
    /// <summary>The type of such a token.</summary>
    public const string Type = "kb+jwt";

    // Wallets may name the key; which one it must be, the credential says.
    private static readonly string[] HeaderNames = ["alg", "kid", "typ"];

    /// <summary>Reads it. What is wrong with it is part of the answer: the credential can be judged all the same.</summary>
    /// <param name="token">The token.</param>
    /// <param name="presented">What stands before it: the SD-JWT with its disclosures, up to the last ~.</param>
    public static HolderProof Read(ReadOnlyMemory<byte> token, ReadOnlySpan<byte> presented)
    {
        var faults = new FaultCollector();
        if (CompactJws.Split(token, faults) is not { } parts) return Malformed(faults);
        CompactJws.ReadHeader(parts.Header.Span, Type, HeaderNames, faults, out string algorithm);
        if (Parse(parts.Payload, faults) is not { } claims) return Malformed(faults);

        var proof = new HolderProof
        {
            Audience = faults.Text(claims, "", "aud"),
            Nonce = faults.Text(claims, "", "nonce"),
            MadeAt = Time(claims, "iat", faults) ?? default,
            NotBefore = Time(claims, "nbf", faults),
            Expires = Time(claims, "exp", faults),
            IsOfPresentation = faults.Text(claims, "", "sd_hash") == SealedCredential.DigestOf(presented),
            Algorithm = algorithm,
            SignedBytes = parts.SignedBytes,
            Signature = parts.Signature,
        };
        if (!claims.TryGetProperty("iat", out _)) faults.Add("/iat", "It is missing.");
        return faults.Faults.Count == 0 ? proof : Malformed(faults);
    }

    private static HolderProof Malformed(FaultCollector faults) => new()
    {
        Fault = string.Join(" ", faults.Faults.Select(fault => $"{fault.Path}: {fault.Message}")),
    };

    private static JsonElement? Parse(byte[] payload, FaultCollector faults)
    {
        try
        {
            using var json = StrictJson.Parse(payload);
            if (json.RootElement.ValueKind == JsonValueKind.Object) return json.RootElement.Clone();
            faults.Add(CompactJws.PayloadPath, "It must be a JSON object.");
        }
        catch (StrictJsonException e)
        {
            faults.Add(CompactJws.PayloadPath, e.Message);
        }

        return null;
    }

    // A NumericDate may have a fraction (RFC 7519); what lies beyond the years 1 to 9999 is none.
    private static DateTimeOffset? Time(JsonElement claims, string name, FaultCollector faults)
    {
        if (!claims.TryGetProperty(name, out var claim)) return null;
        if (claim.ValueKind == JsonValueKind.Number && claim.TryGetDouble(out double seconds)
            && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        faults.Add("/" + name, "It must be a time in seconds since 1970.");
        return null;
    }
}
