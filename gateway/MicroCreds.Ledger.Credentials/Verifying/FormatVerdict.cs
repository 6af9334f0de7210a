using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Foreign;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>The verdicts on what cannot be read, so that nothing else can be checked.</summary>
internal static class FormatVerdict
{
    private const int MaxFaultsTold = 5;
    private const string NextStep = "Ask the learner for the file as the issuer sent it, unchanged.";
    private const string Unreadable = "Not checked, since the document cannot be read as a credential.";

    private static readonly string[] Names =
    [
        CheckNames.Format, CheckNames.Signature, CheckNames.Anchor, CheckNames.IssuerKey, CheckNames.Status,
        CheckNames.ValidityPeriod, CheckNames.Accreditation,
    ];

    public static Verdict Of(string code, string detail) => Of(
        new Check(CheckNames.Format, CheckOutcome.Fail, code, detail, NextStep), NotChecked(CheckNames.Signature));

    /// <summary>
    /// Gives the verdict on a document with faults: a faulty proof alone is a matter of the signature.
    /// </summary>
    public static Verdict Of(CredentialFormatException faulty)
    {
        string told = Told(faulty.Faults);
        return faulty.Faults.All(fault => fault.IsOfProof)
            ? Of(
                new Check(
                    CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed,
                    "Apart from its proof it is a credential."),
                new Check(CheckNames.Signature, CheckOutcome.Fail, CheckCodes.ProofMalformed, told, NextStep))
            : Of(CheckCodes.NotACredential, told);
    }

    /// <summary>Gives the verdict on a compact form that no document could be made of.</summary>
    /// <param name="expansion">What was found.</param>
    public static Verdict Of(CompactExpansion expansion)
    {
        var fault = expansion.Fault!;
        Check[] known = fault.Name == CheckNames.Format
            ? [fault]
            :
            [
                new Check(
                    CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed, "It is a credential's compact form."),
                fault,
            ];
        return Of(known, "Not checked, since the document could not be made of its compact form.") with
        {
            AsOf = expansion.View?.AsOf,
            View = expansion.View,
        };
    }

    /// <summary>Gives the verdict on what is not of this consortium.</summary>
    /// <param name="finding">What was found of it.</param>
    /// <param name="now">The time that its own validity period is judged by.</param>
    public static Verdict Of(ForeignFinding finding, DateTimeOffset now) => Of(
        [
            new Check(
                CheckNames.Format, CheckOutcome.Unknown, CheckCodes.Foreign,
                $"This is {finding.Name}. This consortium did not issue it, and knows nothing of it.",
                "Have it verified where its issuer says, or ask the issuer."),
            .. StatusOf(finding.Status),
            .. PeriodOf(finding, now),
        ],
        "Not checked, since it is not of this consortium.") with
    {
        Kind = VerdictKind.Foreign,
        Foreign = finding,
        Notices = finding.Faults.Count == 0
            ? []
            :
            [
                new Notice(
                    CheckCodes.ForeignNotConforming,
                    $"It does not keep to the data model of the W3C. {Told(finding.Faults)}"),
            ],
    };

    /// <summary>Gives the verdict on a file that could not be looked into: it is no fault of what lies in it.</summary>
    /// <param name="detail">Why it could not.</param>
    /// <param name="nextStep">What to do.</param>
    public static Verdict OfNotOpened(string detail, string nextStep) =>
        OfNotRead(CheckCodes.NotOpened, detail, nextStep);

    /// <summary>Gives the verdict on what is too large to be read: what lies in it may be good.</summary>
    /// <param name="bytes">How many bytes it has.</param>
    /// <param name="most">How many are read.</param>
    public static Verdict OfTooLarge(int bytes, int most) => OfNotRead(
        CheckCodes.TooLarge, $"The document has {bytes} bytes; at most {most} are read.",
        "Send the credential by itself.");

    /// <summary>Gives the verdict on several credentials at once, of which one verdict would say too much.</summary>
    /// <param name="each">The verdict on each.</param>
    public static Verdict OfSeveral(IReadOnlyList<Verdict> each) => OfSeveral(
        $"It holds {each.Count} credentials; {each.Count(one => one.Kind == VerdictKind.Valid)} of them are valid.",
        "Look at the verdict on each of them.") with
    {
        Each = each,
    };

    /// <summary>Gives the verdict on more credentials than are looked at together.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="most">How many may be.</param>
    public static Verdict OfTooMany(int count, int most) => OfSeveral(
        $"It holds {count} credentials; at most {most} are looked at together.", "Verify them in parts.");

    /// <summary>Gives the verdict on what holds credentials beside more than is looked at.</summary>
    /// <param name="most">How many things are looked at in one.</param>
    public static Verdict OfNotWhole(int most) => OfSeveral(
        $"It holds a credential among so much else that not all was looked at: at most {most} things are, and no deep "
        + "or large ones.",
        "Send the credential by itself.");

    private static Verdict OfNotRead(string code, string detail, string nextStep) => Of(
        [new Check(CheckNames.Format, CheckOutcome.Unknown, code, detail, nextStep)],
        "Not checked, since nothing was read of it.");

    private static Verdict OfSeveral(string detail, string nextStep) => Of(
        [
            new Check(CheckNames.Format, CheckOutcome.Unknown, CheckCodes.SeveralCredentials, detail, nextStep),
        ],
        "Not checked, since there are several credentials.");

    // That nothing is said against it is no reason to rely on it here, and stands with what was found alone.
    private static IEnumerable<Check> StatusOf(ForeignStatus status)
    {
        if (status.Outcome is ForeignStatusOutcome.Revoked)
        {
            yield return new Check(
                CheckNames.Status, CheckOutcome.Fail, CheckCodes.ForeignRevoked, status.Detail, "Do not rely on it.");
        }

        if (status.Outcome is ForeignStatusOutcome.Suspended)
        {
            yield return new Check(
                CheckNames.Status, CheckOutcome.Fail, CheckCodes.ForeignSuspended, status.Detail,
                "Do not rely on it for now; verify again later, or ask the issuer.");
        }
    }

    private static IEnumerable<Check> PeriodOf(ForeignFinding finding, DateTimeOffset now)
    {
        if (finding.Period.From > now)
        {
            yield return new Check(
                CheckNames.ValidityPeriod, CheckOutcome.Fail, CheckCodes.ForeignNotYetValid,
                $"By its own word it is valid only from {CredentialTime.Write(finding.Period.From.Value)} on.",
                "Verify it again then.");
        }

        if (finding.Period.Until <= now)
        {
            yield return new Check(
                CheckNames.ValidityPeriod, CheckOutcome.Fail, CheckCodes.ForeignExpired,
                $"By its own word it expired on {CredentialTime.Write(finding.Period.Until.Value)}.",
                "Ask the learner whether it was renewed.");
        }
    }

    private static string Told(IReadOnlyList<CredentialFault> faults)
    {
        string told = string.Join(" ", faults.Take(MaxFaultsTold)
            .Select(fault => fault.Path.Length == 0 ? fault.Message : $"{fault.Path}: {fault.Message}"));
        return faults.Count > MaxFaultsTold ? $"{told} And {faults.Count - MaxFaultsTold} more." : told;
    }

    private static Verdict Of(Check format, Check signature) => Of([format, signature], Unreadable);

    private static Verdict Of(Check[] known, string why)
    {
        Check[] checks = [.. Names.Select(name => Array.Find(known, check => check.Name == name)
            ?? NotChecked(name, why))];
        checks = SignatureCheck.NothingWithoutIt(checks);
        return new Verdict { Kind = Verdict.KindOf(checks), Checks = checks };
    }

    private static Check NotChecked(string name, string why = Unreadable) =>
        new(name, CheckOutcome.Unknown, CheckCodes.NotChecked, why);
}
