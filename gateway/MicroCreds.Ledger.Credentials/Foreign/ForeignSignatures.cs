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

    private const string IssuerMember = "issuer";

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
                ForeignSignatureCodes.KeyElsewhere,
                issuer.Length == 0 ? "It names several issuers, or none by one name: whose it is cannot be told."
                    : "It names a key of someone else than its issuer.");
        }

        var key = await ResolveAsync(signed, cancellationToken);
        if (!Holds(signed, key)) return DoesNotHold;
        if (signed.Fault is { } fault) return DoesNotHold with { Detail = $"Its signature does not hold. {fault}" };
        return new ForeignSignature(
            ForeignSignatureOutcome.Holds, ForeignSignatureCodes.Holds,
            "Its signature holds: not a letter was changed since. Whose the key is, this consortium does not know."
            + (signed.IsBound ? " Whether its holder shows it (key binding) was not looked at." : ""))
        {
            Signer = signed.Did,
        };
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
            using var header = StrictJson.Parse(head);
            string algorithm = ForeignToken.AlgorithmOf(header.RootElement);
            if (algorithm.Length == 0)
            {
                string named = TextAt(header.RootElement, "alg") ?? "";
                throw UnknownMethod(CompactJws.AlgorithmIn(named) is CompactJws.Es256 or CompactJws.EdDsa
                    ? $"{named} with crit or b64" : named);
            }

            if (faults.Faults.Count > 0) throw Malformed();

            using var payload = JsonDocument.Parse(parts.Payload);
            string?[] issuers = IssuersOf(payload.RootElement);
            string? issuer = issuers.FirstOrDefault();
            string kid = TextAt(header.RootElement, "kid") ?? issuer ?? "";
            if (kid.StartsWith('#') && issuer is not null) kid = issuer + kid;
            var (did, method) = SplitMethod(kid, issuer);
            var signed = new Signed(
                algorithm == CompactJws.Es256 ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519,
                issuers.Length > 1 ? "" : issuer, did, method, parts.SignedBytes.ToArray(), parts.Signature);
            return end < 0 ? signed : WithDisclosures(signed, payload.RootElement, text[(end + 1)..]);
        }
        catch (Exception e) when (e is JsonException or StrictJsonException)
        {
            return null;
        }
    }

    /// <summary>Takes up what stands behind the first ~: disclosures, and then the proof of its holder.</summary>
    private static Signed WithDisclosures(Signed signed, JsonElement payload, ReadOnlyMemory<byte> rest)
    {
        var disclosures = new List<ReadOnlyMemory<byte>>();
        for (int end; (end = rest.Span.IndexOf(CredentialForms.DisclosureSeparator)) >= 0; rest = rest[(end + 1)..])
            disclosures.Add(rest[..end]);
        return signed with
        {
            Fault = ForeignDisclosures.FaultOf(payload, disclosures),
            IsBound = rest.Length > 0,
        };
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

            string? issuer = IssuerAt(root, IssuerMember);
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

    /// <summary>All that a payload calls its issuer, each once: who reads it may be shown any of them.</summary>
    private static string?[] IssuersOf(JsonElement claims)
    {
        string?[] named = [IssuerAt(claims, "iss"), IssuerAt(claims, IssuerMember), InsideOf(claims)];
        return [.. named.Where(one => one is not null).Distinct()];
    }

    private static string? InsideOf(JsonElement claims) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty("vc", out var inside)
            ? IssuerAt(inside, IssuerMember) : null;

    /// <summary>The issuer that a member names; absent if it names none, and empty if it is no name of one.</summary>
    private static string? IssuerAt(JsonElement root, string member)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(member, out var issuer)) return null;
        return issuer.ValueKind switch
        {
            JsonValueKind.String => issuer.GetString(),
            JsonValueKind.Object => TextAt(issuer, "id"),
            JsonValueKind.Null => null,
            _ => "",
        };
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
        KeyAlgorithm Algorithm, string? Issuer, string Did, string Method, byte[] Message, byte[] Signature)
    {
        /// <summary>What of it was not signed, as a sentence; absent if all was.</summary>
        public string? Fault { get; init; }

        /// <summary>Whether a proof of its holder comes with it.</summary>
        public bool IsBound { get; init; }
    }
}

/// <summary>A foreign signature cannot be checked.</summary>
internal sealed class ForeignSignatureException(string code, string detail) : Exception(detail)
{
    /// <summary>One of <see cref="ForeignSignatureCodes"/>.</summary>
    public string Code { get; } = code;
}
