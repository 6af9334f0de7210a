using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Bundles.Evidence;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>How bundles are verified.</summary>
public sealed record BundleVerificationOptions
{
    /// <summary>
    /// Whom to trust. Default is none: then everything in a bundle rests on the bundle's own word for who the members
    /// are, and no verdict is better than indeterminate.
    /// </summary>
    public LedgerTrust? Trust { get; init; }

    /// <summary>What the learner's wallet was asked for. Default is nothing.</summary>
    public PresentationRequest? Request { get; init; }

    /// <summary>How old what the ledger said may be. Default is without a limit: the verdict says as of when.</summary>
    public TimeSpan? MaxAge { get; init; }
}

/// <summary>
/// Verifies bundles without a network: the credential by the same checks as online, against the records in the bundle,
/// and the records by the signatures of the peers that endorsed them. Thread-safe.
/// </summary>
/// <param name="time">What says what time it is.</param>
/// <param name="options">How to verify.</param>
public sealed class BundleVerifier(TimeProvider time, BundleVerificationOptions options)
{
    /// <summary>Verifies a bundle as it was received. Never throws because of what it holds.</summary>
    public async ValueTask<BundleVerdict> VerifyAsync(
        ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        OfflineBundle bundle;
        try
        {
            if (utf8.Length > OfflineBundle.MaxBytes)
            {
                throw new StrictJsonException(
                    "", $"It has {utf8.Length} bytes; at most {OfflineBundle.MaxBytes} are read.");
            }

            bundle = BundledJson.Read<OfflineBundle>(utf8);
            if (bundle.Type != OfflineBundle.TypeName || bundle.Version != OfflineBundle.CurrentVersion)
                throw new StrictJsonException("/type", $"It is no {OfflineBundle.TypeName} of version 1.");
        }
        catch (StrictJsonException e)
        {
            return NotABundle(e);
        }

        var trust = options.Trust ?? bundle.Roots;
        var evidence = new BundleEvidence(bundle, trust);
        var view = new BundleView(evidence);
        var verifier = new CredentialVerifier(view, time, new VerificationOptions { Ledger = trust.Ledger });
        var verdict = await verifier.VerifyAsync(CredentialOf(bundle), options.Request, cancellationToken);
        Check[] checks =
        [
            .. verdict.Checks,
            evidence.Transactions,
            WitnessCheck(evidence, verdict),
            TrustCheck(evidence),
        ];
        var head = VerdictHead.Of(Verdict.KindOf(checks), checks, verdict.View);
        return new BundleVerdict
        {
            Kind = head.Kind,
            Checks = checks,
            Headline = HeadlineOf(head, evidence),
            HeadlineCodes = head.Codes,
            AsOf = verdict.AsOf,
            RestsOn = evidence.IsSound ? RestsOn(evidence) : [],
            Credential = verdict.Credential,
            ReplacedBy = verdict.ReplacedBy,
            Parts = verdict.Parts,
            Notices = verdict.Notices,
        };
    }

    /// <summary>The head of the verdict, and that it was so at a time, and on whose word.</summary>
    private static string HeadlineOf(VerdictHead head, BundleEvidence evidence)
    {
        if (!evidence.IsSound) return $"{head.Word}: the bundle does not prove what was on the ledger.";

        string said = string.Join(' ', head.Told.Select(check => check.Detail));
        return $"{head.Word} as of {evidence.Statement.AsOf.Time:u}, by the word of {evidence.Witness!.Name} of "
            + $"{evidence.Witness.MspId} that nothing else was on the ledger. {said}".TrimEnd();
    }

    private static BundleVerdict NotABundle(StrictJsonException fault)
    {
        Check[] checks =
        [
            new(
                BundleCheckNames.Bundle, CheckOutcome.Fail, BundleCheckCodes.NotABundle,
                $"It is no offline bundle: {fault.Message}", "Ask for the file as a gateway made it."),
        ];
        return new BundleVerdict
        {
            Kind = VerdictKind.Invalid,
            Headline = "Not valid: it is no offline bundle.",
            HeadlineCodes = [BundleCheckCodes.NotABundle],
            Checks = checks,
        };
    }

    private static byte[] CredentialOf(OfflineBundle bundle) => Encoding.UTF8.GetBytes(
        bundle.Credential.ValueKind == JsonValueKind.String
            ? bundle.Credential.GetString()!
            : bundle.Credential.GetRawText());

    private static List<RestsOn> RestsOn(BundleEvidence evidence) =>
    [
        new(SignatureRoles.Issuer, evidence.Issuance!.Statement.MspId, evidence.Issuance.Statement.KeyId),
        .. evidence.Endorsers.Select(peer => new RestsOn(SignatureRoles.Endorser, peer.MspId, peer.Name)),
        new(SignatureRoles.Witness, evidence.Witness!.MspId, evidence.Witness.Name),
    ];

    private Check WitnessCheck(BundleEvidence evidence, Verdict verdict)
    {
        if (evidence.WitnessCheck.Outcome != CheckOutcome.Pass || verdict.AsOf is not { } asOf)
            return evidence.WitnessCheck;
        if (asOf.Time > time.GetUtcNow() + KeyRule.ClockSkew)
        {
            return new Check(
                BundleCheckNames.Witness, CheckOutcome.Fail, BundleCheckCodes.FromTheFuture,
                $"What the ledger said is told as of {asOf.Time:u}, which is still to come.",
                "Do not rely on it. Ask for the bundle anew, from a member you trust.");
        }

        if (options.MaxAge is not { } maxAge || time.GetUtcNow() - asOf.Time <= maxAge)
            return evidence.WitnessCheck;
        return new Check(
            BundleCheckNames.Witness, CheckOutcome.Unknown, BundleCheckCodes.TooOld,
            $"What the ledger said is as of {asOf.Time:u}, which is longer ago than {maxAge}.",
            "Ask for a newer bundle, or verify at a gateway.");
    }

    private Check TrustCheck(BundleEvidence evidence)
    {
        if (evidence.TrustFault is { } fault)
        {
            return new Check(
                BundleCheckNames.Trust, CheckOutcome.Unknown, BundleCheckCodes.TrustUnusable, fault,
                "Get the trust file again from somebody you trust.");
        }

        return options.Trust is { } trust
            ? new Check(
                BundleCheckNames.Trust, CheckOutcome.Pass, BundleCheckCodes.RootsPinned,
                $"All certificates chain to the {trust.Members.Count} members' roots of the trust file.")
            : new Check(
                BundleCheckNames.Trust, CheckOutcome.Unknown, BundleCheckCodes.RootsNotPinned,
                "Who the ledger's members are rests on the bundle's own word: anybody could have made them up.",
                "Name a trust file that you got from a member: its gateway has it at /v1/trust.");
    }
}
