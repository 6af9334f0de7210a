using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.Resolving;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Checks the signatures of foreign credentials where their method is one that is known here: the JCS suites of Data
/// Integrity, and tokens with ES256 or EdDSA; keys by did:key, did:jwk and did:web. A signature that holds says that
/// whoever has the key signed every letter, and nothing of who that is. Thread-safe.
/// </summary>
/// <param name="web">What fetches the keys of did:web; nothing where nothing may be fetched.</param>
/// <param name="time">What says what time it is.</param>
/// <param name="ofXml">
/// What checks the signatures of XML, and gives nothing of what it knows nothing of. Default is that they are not
/// checked.
/// </param>
public sealed class ForeignSignatures(
    DidWebResolver? web, TimeProvider time, Func<ReadOnlyMemory<byte>, ForeignSignature?>? ofXml = null) : IDisposable
{
    /// <summary>How long somebody who verifies waits for a stranger's keys.</summary>
    public static readonly TimeSpan KeysTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How many DID documents are fetched at a time: anybody can ask for one.</summary>
    private const int MaxFetches = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly ForeignSignature DoesNotHold = new(
        ForeignSignatureOutcome.DoesNotHold, ForeignSignatureCodes.DoesNotHold,
        "Its signature does not hold: it was changed since, or another key made it.");

    private readonly SemaphoreSlim _fetches = new(MaxFetches);

    /// <summary>The time that foreign credentials are judged by.</summary>
    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Looks at the signature of a piece. Never throws because of what it holds.</summary>
    /// <param name="piece">The credential.</param>
    /// <param name="cancellationToken">Cancels the fetching.</param>
    public async ValueTask<ForeignSignature> CheckAsync(
        ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        try
        {
            var text = CredentialForms.Trim(piece);
            if (text.Span.StartsWith("<"u8)) return ofXml?.Invoke(text) ?? ForeignSignature.None;
            var signed = text.Span.StartsWith("ey"u8) ? OfToken(text) : OfDocument(text, Now);
            return signed is null ? ForeignSignature.None : await CheckAsync(signed, cancellationToken);
        }
        catch (ForeignSignatureException fault)
        {
            return ForeignSignature.NotChecked(fault.Code, fault.Message);
        }
        catch (InvalidOperationException)
        {
            // A text in it is none: half of a surrogate pair, or bytes that are no letters.
            return ForeignSignature.NotChecked(Malformed().Code, Malformed().Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fetches.Dispose();
        web?.Dispose();
    }

    private async ValueTask<ForeignSignature> CheckAsync(Signed signed, CancellationToken cancellationToken)
    {
        if (signed.Issuer is { } issuer && issuer != signed.Did)
        {
            // Where the key is at hand, a signature that is not even that key's is told as what it is.
            if (DidKey.Read(signed.Did) is { } stranger && !Holds(signed, stranger)) return DoesNotHold;
            throw new ForeignSignatureException(
                ForeignSignatureCodes.KeyElsewhere, "It names a key of someone else than its issuer.");
        }

        var key = await ResolveAsync(signed, cancellationToken);
        return Holds(signed, key)
            ? new ForeignSignature(
                ForeignSignatureOutcome.Holds, ForeignSignatureCodes.Holds,
                "Its signature holds: not a letter was changed since. Whose the key is, this consortium does not know.")
            {
                Signer = signed.Did,
            }
            : DoesNotHold;
    }

    private static bool Holds(Signed signed, PublicKey key) =>
        key.Algorithm == signed.Algorithm && key.Verify(signed.Message, signed.Signature);

    private async ValueTask<PublicKey> ResolveAsync(Signed signed, CancellationToken cancellationToken)
    {
        if (DidKey.Read(signed.Did) is { } own) return own;
        bool isWeb = signed.Did.StartsWith("did:web:", StringComparison.Ordinal);
        if (isWeb && web is null)
        {
            throw new ForeignSignatureException(
                ForeignSignatureCodes.KeysNotFetched, "Its issuer's keys are not fetched from here.");
        }

        if (!isWeb)
        {
            throw new ForeignSignatureException(
                ForeignSignatureCodes.KeysUnreachable, "Where its issuer's keys are to be had is not known here.");
        }

        var issuer = await FetchAsync(web!, signed.Did, cancellationToken);
        var key = issuer.Keys.FirstOrDefault(key => key.Id == signed.Method)
            ?? throw new ForeignSignatureException(
                ForeignSignatureCodes.KeyUnknown,
                "Its issuer has no key of that name, or of a kind that is known here.");
        return key.IsTrustedAt(time.GetUtcNow())
            ? key.Key
            : throw new ForeignSignatureException(
                ForeignSignatureCodes.KeyNotTrusted, "Its issuer has withdrawn that key, or does not sign with it.");
    }

    private async ValueTask<ResolvedIssuer> FetchAsync(
        DidWebResolver resolver, string did, CancellationToken cancellationToken)
    {
        if (!await _fetches.WaitAsync(Patience, cancellationToken))
        {
            throw new ForeignSignatureException(
                ForeignSignatureCodes.KeysUnreachable, "Its issuer's keys cannot be fetched now: too many are.");
        }

        try
        {
            return await resolver.ResolveAsync(did, cancellationToken);
        }
        catch (DidResolutionException fault)
        {
            throw new ForeignSignatureException(
                ForeignSignatureCodes.KeysUnreachable,
                $"Its issuer's keys cannot be had. {ClaimedText.Of(fault.Message)}");
        }
        finally
        {
            _fetches.Release();
        }
    }

    private static Signed? OfToken(ReadOnlyMemory<byte> text)
    {
        // Of an SD-JWT the issuer signed what stands before the disclosures.
        int end = text.Span.IndexOf(CredentialForms.DisclosureSeparator);
        var faults = new FaultCollector();
        if (CompactJws.Split(end < 0 ? text : text[..end], faults) is not { } parts) return null;
        try
        {
            if (!StrictBase64Url.TryDecode(parts.Header.Span, out byte[] head)) return null;
            using var header = JsonDocument.Parse(head);
            string algorithm = TextAt(header.RootElement, "alg") ?? "";
            if (algorithm is not (CompactJws.Es256 or CompactJws.EdDsa)) throw UnknownMethod(algorithm);
            if (faults.Faults.Count > 0) throw Malformed();

            string? issuer = IssuerOf(parts.Payload);
            string kid = TextAt(header.RootElement, "kid") ?? issuer ?? "";
            if (kid.StartsWith('#') && issuer is not null) kid = issuer + kid;
            var (did, method) = SplitMethod(kid, issuer);
            return new Signed(
                algorithm == CompactJws.Es256 ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519, issuer, did, method,
                parts.SignedBytes.ToArray(), parts.Signature);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Signed? OfDocument(ReadOnlyMemory<byte> text, DateTimeOffset now)
    {
        try
        {
            using var document = StrictJson.Parse(text.ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty(CredentialVocabulary.ProofMember, out _))
                return null;
            if (JcsProof.Of(root) is not { } proof) throw UnknownMethod("several proofs");

            string suite = TextAt(proof, "cryptosuite") ?? TextAt(proof, "type") ?? "";
            if (suite is not (DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite)) throw UnknownMethod(suite);
            if (SignatureText.Read(TextAt(proof, "proofValue") ?? "") is not { } signature) throw Malformed();

            if (JcsProof.FaultOf(proof, now) is { } fault)
                throw new ForeignSignatureException(ForeignSignatureCodes.Malformed, fault);

            string? issuer = IssuerOf(root);
            var (did, method) = SplitMethod(TextAt(proof, "verificationMethod") ?? "", issuer);
            return new Signed(
                suite == DataIntegrity.EcdsaSuite ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519, issuer, did, method,
                JcsProof.MessageOf(root, proof) ?? throw Malformed(), signature);
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }

    private static (string Did, string Method) SplitMethod(string method, string? issuer)
    {
        int hash = method.IndexOf('#', StringComparison.Ordinal);
        string did = hash > 0 ? method[..hash] : method;
        if (did.StartsWith("did:", StringComparison.Ordinal)) return (did, method);
        throw new ForeignSignatureException(
            ForeignSignatureCodes.KeysUnreachable,
            issuer is null || method.Length == 0
                ? "It does not say where its issuer's keys are."
                : "Its issuer's keys are named by no DID, and are not fetched from elsewhere.");
    }

    private static string? IssuerOf(byte[] payload)
    {
        using var claims = JsonDocument.Parse(payload);
        return TextAt(claims.RootElement, "iss") ?? IssuerOf(claims.RootElement);
    }

    private static string? IssuerOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("issuer", out var issuer)) return null;
        return issuer.ValueKind == JsonValueKind.String ? issuer.GetString() : TextAt(issuer, "id");
    }

    private static string? TextAt(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ForeignSignatureException UnknownMethod(string method) => new(
        ForeignSignatureCodes.MethodUnknown,
        ClaimedText.Of(method) is { } named
            ? $"It is signed by a method that is not known here: {named}."
            : "It is signed by a method that is not known here.");

    private static ForeignSignatureException Malformed() =>
        new(ForeignSignatureCodes.Malformed, "Its signature is not in the form that its method has.");

    /// <summary>What was signed, and by whom it says.</summary>
    private sealed record Signed(
        KeyAlgorithm Algorithm, string? Issuer, string Did, string Method, byte[] Message, byte[] Signature);
}

/// <summary>A foreign signature cannot be checked.</summary>
internal sealed class ForeignSignatureException(string code, string detail) : Exception(detail)
{
    /// <summary>One of <see cref="ForeignSignatureCodes"/>.</summary>
    public string Code { get; } = code;
}

/// <summary>Keys that stand in a DID itself: did:key and did:jwk.</summary>
internal static class DidKey
{
    private const string Key = "did:key:";
    private const string Jwk = "did:jwk:";
    private const int MaxLength = 1_000;

    /// <summary>Reads the key; nothing of another method, or of a kind of key that is not known here.</summary>
    public static PublicKey? Read(string did)
    {
        if (did.Length > MaxLength) return null;
        try
        {
            if (did.StartsWith(Key, StringComparison.Ordinal)) return Multikey.Parse(did[Key.Length..]);
            if (!did.StartsWith(Jwk, StringComparison.Ordinal)
                || !StrictBase64Url.TryDecode(Encoding.ASCII.GetBytes(did[Jwk.Length..]), out byte[] bytes))
                return null;
            using var jwk = JsonDocument.Parse(bytes);
            return JsonWebKey.Read(jwk.RootElement);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
