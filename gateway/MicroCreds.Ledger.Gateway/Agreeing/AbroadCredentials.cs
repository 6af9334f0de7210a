using System.Collections.Concurrent;
using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
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
    LedgerProjection projection, AbroadTrusts trusts, GatewayServiceOptions options, TimeProvider time)
    : IAbroadVerifier
{
    private readonly ConcurrentDictionary<string, (int Version, long Size, LogProofVerifier Verifier)> _verifiers =
        new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Verdict? TryVerify(ProvenCredential brought)
    {
        if (TryRead(brought.Credential) is not { } read) return null;
        var verdicts = FindVersions(read.Anchor.Ledger)
            .Select(version => VerifyBy(version.Terms, read, brought)).ToList();
        if (verdicts.Count == 0) return null;

        // Each agreement takes the word of its own: the credential counts under those by whose word it is valid. One
        // whose trust file cannot be read says the least.
        var valid = verdicts.Where(one => one.Kind == VerdictKind.Valid).ToList();
        if (valid.Count == 0)
        {
            return verdicts.FirstOrDefault(one => one.Kind == VerdictKind.Invalid)
                ?? verdicts.MaxBy(one => one.Checks.Count(check => check.Outcome == CheckOutcome.Pass))!;
        }

        var facts = FactsOf(read, LogProofFile.Parse(brought.Proof.Span, read));
        return valid[0] with
        {
            Abroad = valid[0].Abroad! with
            {
                Facts = facts,
                ValidBy = [.. valid.Select(one => one.Abroad!.Agreement)],
                Recognitions = RecognitionsOf(facts, [.. valid.Select(one => one.Abroad!.Agreement)]),
            },
        };
    }

    /// <inheritdoc/>
    public Verdict Tell(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        if (!verdict.Checks.Any(IsOfAnother) || verdict.Document is not { } document) return verdict;
        var versions = FindVersions(document.Anchor.Ledger);
        if ((versions.FirstOrDefault(IsReadable) ?? (versions.Count > 0 ? versions[0] : null)) is not { } version)
        {
            return verdict with
            {
                Checks = Mended(
                    verdict.Checks, IsOfAnother,
                    check => check with
                    {
                        NextStep = "Verify it at a gateway of that ledger's consortium. Here it is verified by its "
                            + "proof once this institution agrees on that with it (POST /v1/agreements, abroad).",
                    }),
            };
        }

        var found = FindingOf(version.Terms, document);
        string missing = $"By the agreement {found.Agreement} it is verified here, if its proof comes along: a gateway "
            + $"of {found.Name} hands it out ({AddressFor(found)}). Send both as {ProvenCredential.Shape}.";

        // It is not invalid for being anchored elsewhere: that is only not proven. What to do about it is said once.
        var checks = Mended(
            verdict.Checks, IsOfAnother,
            check => check with
            {
                Outcome = CheckOutcome.Unknown,
                NextStep = check.Name == CheckNames.Anchor ? missing : null,
            });
        return verdict with
        {
            Kind = Verdict.KindOf(checks),
            Checks = checks,
            Abroad = found with { Missing = missing },
        };
    }

    private Verdict VerifyBy(AgreementStatement terms, ReadCredential read, ProvenCredential brought)
    {
        var found = FindingOf(terms, read);
        LogVerdict verdict;
        try
        {
            verdict = VerifierOf(terms).Verify(brought.Credential, brought.Proof);
        }
        catch (StrictJsonException e)
        {
            return Unknown(read, found, $"The trust file of the agreement cannot be read: {e.Message}");
        }

        var checks = Mended(
            verdict.Checks, check => check.Outcome == CheckOutcome.Unknown,
            check => MendOf(check, found) is { } mend ? check with { NextStep = mend } : check);
        return new Verdict
        {
            Kind = verdict.Kind,
            Checks = checks,
            Credential = verdict.Credential,
            Document = read,
            Form = read.Form,
            ReplacedBy = verdict.ReplacedBy,
            Notices = verdict.Notices,
            Abroad = found with
            {
                AsOf = verdict.InForceAsOf,
                Members = verdict.Members,
                Witnesses = verdict.Witnesses,
                Missing = checks.FirstOrDefault(check => MendOf(check, found) is not null)?.NextStep,
            },
        };
    }

    /// <summary>What mends a proof that is good by itself, and not enough for the agreement.</summary>
    private static string? MendOf(Check check, AbroadFinding found) => check switch
    {
        { Outcome: not CheckOutcome.Unknown } => null,
        { Code: LogCheckCodes.TooOld } => $"Get a fresh proof of a gateway of {found.Name}: {AddressFor(found)}.",
        { Code: LogCheckCodes.TooFewSigned } =>
            $"Get a proof that more of those signed whom the agreement {found.Agreement} names: {AddressFor(found)}. "
            + "Where keys or members changed there, a registrar renews its trust file by their own heads (POST "
            + $"/v1/agreements/{found.Agreement}/renewals), or its parties agree on a new one.",
        _ => null,
    };

    private static string AddressFor(AbroadFinding found) => found.ProofAddress is { } address
        ? $"GET {address}" : "microcreds log prove";

    private static Check[] Mended(IReadOnlyList<Check> checks, Func<Check, bool> isMeant, Func<Check, Check> mend) =>
        [.. checks.Select(check => isMeant(check) ? mend(check) : check)];

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
    /// The versions that were accepted last of the agreements of this institution with a consortium, those that are not
    /// over: each renews the trust file for all that was ever awarded there. Whom others agreed to believe is their
    /// affair: each can agree by itself.
    /// </summary>
    private IReadOnlyList<AgreementVersion> FindVersions(string ledger)
    {
        var (now, own) = (time.GetUtcNow(), options.MspId);
        return
        [
            .. projection.Shared.Agreements.Of(own)
                .Where(one => one.Accepted?.Terms is { Abroad: { } abroad } terms && abroad.Ledger == ledger
                    && terms.ValidFrom <= now && !(terms.ValidUntil <= now)
                    && terms.Parties.Contains(own, StringComparer.Ordinal) && !(one.LeavesAt(own) <= now))
                .Select(one => one.Accepted!),
        ];
    }

    /// <summary>
    /// A trust file is read, and a head judged, once for each version of an agreement, and anew once it was renewed.
    /// </summary>
    /// <exception cref="StrictJsonException">The trust file cannot be read.</exception>
    private LogProofVerifier VerifierOf(AgreementStatement terms)
    {
        long size = trusts.SizeOf(terms);
        if (_verifiers.TryGetValue(terms.Id, out var known) && (known.Version, known.Size) == (terms.Version, size))
            return known.Verifier;
        var verifier = new LogProofVerifier(time, new LogProofOptions
        {
            Trust = trusts.Of(terms),
            MaxAge = TimeSpan.FromMinutes(terms.Abroad!.MaxHeadAgeMinutes),
        });
        _verifiers[terms.Id] = (terms.Version, size, verifier);
        return verifier;
    }

    private bool IsReadable(AgreementVersion version)
    {
        try
        {
            VerifierOf(version.Terms);
            return true;
        }
        catch (StrictJsonException)
        {
            return false;
        }
    }

    private static AbroadFinding FindingOf(AgreementStatement terms, ReadCredential credential)
    {
        var (abroad, anchor) = (terms.Abroad!, credential.Anchor);
        return new AbroadFinding
        {
            Ledger = abroad.Ledger,
            Name = abroad.Name,
            Agreement = terms.Id,
            Version = terms.Version,
            MaxHeadAgeMinutes = abroad.MaxHeadAgeMinutes,
            ProofAddress = IssuerIdentity.UrlOf(credential.IssuerDid) is { } url
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{url.TrimEnd('/')}/v1/log/proofs/{Uri.EscapeDataString(anchor.MspId)}/{anchor.Root}/"
                        + $"{anchor.Index}")
                : null,
        };
    }

    /// <summary>What counts of it: when it was awarded says the block of its issuance, as the log has it.</summary>
    private static CredentialFacts FactsOf(ReadCredential credential, LogProofFile proof)
    {
        var content = CredentialContent.OfOwn(credential.ToJson());
        return new CredentialFacts
        {
            Credential = $"{credential.Anchor.Root}.{credential.Anchor.Index}",
            MspId = credential.Anchor.MspId,
            Ledger = credential.Anchor.Ledger,
            Achievement = DefinitionOf(credential.Achievement, content),
            AwardedAt = proof.Evidence.Leaf.Moment,
            Grade = content.Grade,
        };
    }

    /// <summary>What each party makes of it, by the version that ruled when it was awarded.</summary>
    private IReadOnlyList<RecognitionAnswer> RecognitionsOf(CredentialFacts facts, IReadOnlyList<string> names)
    {
        var agreements = names.Select(projection.Shared.Agreements.Find).OfType<Agreement>().ToList();
        var now = time.GetUtcNow();
        return
        [
            .. agreements.SelectMany(one => one.Accepted!.Terms.Parties).Distinct(StringComparer.Ordinal)
                .Select(party => Recognition.Of(facts, agreements, party, now)),
        ];
    }

    // What is published there is not here, nor held there to what the contract takes here; that the issuer's issuance
    // commits to each word of it is proven.
    private static AchievementDefinition DefinitionOf(AchievementReference achievement, CredentialContent content) =>
        new()
        {
            Id = achievement.Id,
            Version = achievement.Version,
            Name = content.Title ?? "",
            Description = content.Description ?? "",
            Criteria = content.Criteria ?? "",
            LearningOutcomes = content.LearningOutcomes,
            Credits = content.Credits is >= 0 and <= Limits.MaxCredits and var credits ? credits : 0,
            EqfLevel = int.TryParse(content.EqfLevel, NumberStyles.None, CultureInfo.InvariantCulture, out int level)
                && level is >= Limits.MinEqfLevel and <= Limits.MaxEqfLevel ? level : null,
            Language = content.Language ?? "",
            Assessment = content.Assessment ?? "",
            Participation = content.Participation ?? "",
            QualityAssurance = content.QualityAssurance ?? "",
            FieldOfStudy = content.FieldOfStudy,
        };

    private static Verdict Unknown(ReadCredential credential, AbroadFinding found, string why)
    {
        const string Mend = "Agree on a version with a trust file that can be read (microcreds log trust).";
        return new Verdict
        {
            Kind = VerdictKind.Indeterminate,
            Checks = [new(LogCheckNames.Head, CheckOutcome.Unknown, LogCheckCodes.TooFewSigned, why, Mend)],
            Document = credential,
            Form = credential.Form,
            Abroad = found with { Missing = Mend },
        };
    }
}
