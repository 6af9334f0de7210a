using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>
/// Verifies credentials of other consortia by the proofs that come along with them, where an agreement says whose word
/// is taken there and how old it may be; and tells what they count for here. Asks nobody. Thread-safe.
/// </summary>
public sealed class AbroadCredentials(
    LedgerProjection projection, GatewayServiceOptions options, TimeProvider time)
{
    private const string CredentialMember = "credential";
    private const string ProofMember = "proof";

    private readonly ConcurrentDictionary<string, (int Version, LogProofVerifier Verifier)> _verifiers =
        new(StringComparer.Ordinal);

    /// <summary>Takes a body apart that holds a credential and its proof; of any other body all is the credential.
    /// </summary>
    public static (ReadOnlyMemory<byte> Credential, ReadOnlyMemory<byte>? Proof) Split(ReadOnlyMemory<byte> body)
    {
        // Nearly all that arrives is a credential by itself, and is not to be parsed twice.
        if (body.Span.IndexOf("\"credential\""u8) < 0) return (body, null);
        try
        {
            using var document = StrictJson.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty(CredentialMember, out var credential)
                && root.TryGetProperty(ProofMember, out var proof) && proof.ValueKind == JsonValueKind.String
                ? (BytesOf(credential), Encoding.UTF8.GetBytes(proof.GetString()!))
                : (body, null);
        }
        catch (StrictJsonException)
        {
            // Whoever reads the credential says what is wrong with it.
            return (body, null);
        }
    }

    /// <summary>
    /// Verifies a credential by its proof; nothing if it is of no consortium that an agreement is with.
    /// </summary>
    /// <param name="credential">The credential, in any form that holds all of it.</param>
    /// <param name="proof">The proof, as the other consortium's gateways hand it out.</param>
    public Verdict? TryVerify(ReadOnlyMemory<byte> credential, ReadOnlyMemory<byte> proof)
    {
        if (TryRead(credential) is not { } read || FindVersion(read.Anchor.Ledger) is not { } version) return null;
        var abroad = version.Terms.Abroad!;
        var found = FindingOf(abroad, version.Terms);
        LogVerdict verdict;
        try
        {
            verdict = VerifierOf(version.Terms).Verify(credential, proof);
        }
        catch (StrictJsonException e)
        {
            return Unknown(read, found, $"The trust file of the agreement cannot be read: {e.Message}");
        }

        return new Verdict
        {
            Kind = verdict.Kind,
            Checks = verdict.Checks,
            Credential = verdict.Credential,
            Form = read.Form,
            ReplacedBy = verdict.ReplacedBy,
            Notices = verdict.Notices,
            Abroad = found with
            {
                AsOf = verdict.InForceAsOf,
                Members = verdict.Members,
                Witnesses = verdict.Witnesses,
                Recognitions = verdict.Kind == VerdictKind.Valid
                    ? RecognitionsOf(read, LogProofFile.Parse(proof.Span, read), version.Terms) : [],
            },
        };
    }

    /// <summary>
    /// Tells of a credential of another consortium that came without a proof what is missing; of others nothing.
    /// </summary>
    public Verdict Tell(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        if (!verdict.Checks.Any(IsOfAnother) || verdict.Document?.Anchor.Ledger is not { } ledger
            || FindVersion(ledger) is not { } version)
            return verdict;
        var found = FindingOf(version.Terms.Abroad!, version.Terms);
        string missing = $"By the agreement {found.Agreement} it is verified here, if its proof comes along: a gateway "
            + $"of {found.Name} hands it out (microcreds log prove). Send both as {{\"{CredentialMember}\": …, "
            + $"\"{ProofMember}\": \"…\"}}.";

        // It is not invalid for being anchored elsewhere: that is only not proven.
        Check[] checks =
        [
            .. verdict.Checks.Select(check => IsOfAnother(check)
                ? check with { Outcome = CheckOutcome.Unknown, NextStep = missing } : check),
        ];
        return verdict with
        {
            Kind = Verdict.KindOf(checks),
            Checks = checks,
            Abroad = found with { Missing = missing },
        };
    }

    private static bool IsOfAnother(Check check) => check.Code == CheckCodes.OtherLedger;

    private static ReadCredential? TryRead(ReadOnlyMemory<byte> credential)
    {
        try
        {
            return CredentialReader.Read(credential);
        }
        catch (Exception e) when (e is StrictJsonException or CredentialFormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The version that was accepted last of an agreement of this institution with a consortium, if it is not over: it
    /// renews the trust file for all that was ever awarded there. Whom others agreed to believe is their affair: each
    /// can agree by itself.
    /// </summary>
    private AgreementVersion? FindVersion(string ledger)
    {
        var (now, own) = (time.GetUtcNow(), options.MspId);
        return projection.Shared.Agreements.All
            .Where(one => one.Accepted?.Terms is { Abroad: { } abroad } terms && abroad.Ledger == ledger
                && terms.ValidFrom <= now && !(terms.ValidUntil <= now)
                && terms.Parties.Contains(own, StringComparer.Ordinal) && !(one.LeavesAt(own) <= now))
            .Select(one => one.Accepted).FirstOrDefault();
    }

    /// <summary>A trust file is read, and a head judged, once for each version of an agreement.</summary>
    /// <exception cref="StrictJsonException">The trust file cannot be read.</exception>
    private LogProofVerifier VerifierOf(AgreementStatement terms)
    {
        if (_verifiers.TryGetValue(terms.Id, out var known) && known.Version == terms.Version) return known.Verifier;
        var verifier = new LogProofVerifier(time, new LogProofOptions
        {
            Trust = LogTrust.Read(Encoding.UTF8.GetBytes(terms.Abroad!.Trust)),
            MaxAge = TimeSpan.FromMinutes(terms.Abroad.MaxHeadAgeMinutes),
        });
        _verifiers[terms.Id] = (terms.Version, verifier);
        return verifier;
    }

    private static AbroadFinding FindingOf(AbroadConsortium abroad, AgreementStatement terms) => new()
    {
        Ledger = abroad.Ledger,
        Name = abroad.Name,
        Agreement = terms.Id,
        Version = terms.Version,
    };

    /// <summary>What each party makes of it, by the version that ruled when it was awarded.</summary>
    private IReadOnlyList<RecognitionAnswer> RecognitionsOf(
        ReadCredential credential, LogProofFile proof, AgreementStatement terms)
    {
        var facts = new CredentialFacts
        {
            Credential = $"{credential.Anchor.Root}.{credential.Anchor.Index}",
            MspId = credential.Anchor.MspId,
            Ledger = credential.Anchor.Ledger,
            Achievement = DefinitionOf(credential),
            AwardedAt = proof.Evidence.Leaf.Moment,
        };
        var (agreement, now) = (projection.Shared.Agreements.Find(terms.Id)!, time.GetUtcNow());
        return [.. terms.Parties.Select(party => Recognition.Of(facts, [agreement], party, now))];
    }

    // What is published there is not here; that the issuer's issuance commits to each word of it is proven.
    private static AchievementDefinition DefinitionOf(ReadCredential credential)
    {
        var content = CredentialContent.OfOwn(credential.ToJson());
        return new AchievementDefinition
        {
            Id = credential.Achievement.Id,
            Version = credential.Achievement.Version,
            Name = content.Title ?? "",
            Description = content.Description ?? "",
            Criteria = content.Criteria ?? "",
            LearningOutcomes = content.LearningOutcomes,
            Credits = content.Credits ?? 0,
            EqfLevel = int.TryParse(content.EqfLevel, NumberStyles.None, CultureInfo.InvariantCulture, out int level)
                ? level : null,
            Language = content.Language ?? "",
            Assessment = content.Assessment ?? "",
            Participation = content.Participation ?? "",
            QualityAssurance = content.QualityAssurance ?? "",
            FieldOfStudy = content.FieldOfStudy,
        };
    }

    private static Verdict Unknown(ReadCredential credential, AbroadFinding found, string why)
    {
        Check[] checks =
        [
            new(LogCheckNames.Head, CheckOutcome.Unknown, LogCheckCodes.TooFewSigned, why,
                "Agree on a version with a trust file that can be read (microcreds log trust)."),
        ];
        return new Verdict
        {
            Kind = VerdictKind.Indeterminate,
            Checks = checks,
            Form = credential.Form,
            Abroad = found,
        };
    }

    private static ReadOnlyMemory<byte> BytesOf(JsonElement credential) => Encoding.UTF8.GetBytes(
        credential.ValueKind == JsonValueKind.String ? credential.GetString()! : credential.GetRawText());
}
