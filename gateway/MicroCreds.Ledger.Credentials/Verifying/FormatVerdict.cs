
namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>The verdicts on what cannot be read, so that nothing else can be checked.</summary>
internal static class FormatVerdict
{
    private const int MaxFaultsTold = 5;
    private const string NextStep = "Ask the learner for the file as the issuer sent it, unchanged.";

    public static Verdict Of(string code, string detail) => Of(
        new Check(CheckNames.Format, CheckOutcome.Fail, code, detail, NextStep), NotChecked(CheckNames.Signature));

    /// <summary>
    /// Gives the verdict on a document with faults: a faulty proof alone is a matter of the signature.
    /// </summary>
    public static Verdict Of(CredentialFormatException faulty)
    {
        string told = string.Join(" ", faulty.Faults.Take(MaxFaultsTold)
            .Select(fault => fault.Path.Length == 0 ? fault.Message : $"{fault.Path}: {fault.Message}"));
        if (faulty.Faults.Count > MaxFaultsTold) told += $" And {faulty.Faults.Count - MaxFaultsTold} more.";

        return faulty.Faults.All(fault => fault.IsOfProof)
            ? Of(
                new Check(
                    CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed,
                    "Apart from its proof it is a credential."),
                new Check(CheckNames.Signature, CheckOutcome.Fail, CheckCodes.ProofMalformed, told, NextStep))
            : Of(CheckCodes.NotACredential, told);
    }

    private static Verdict Of(Check format, Check signature)
    {
        Check[] checks =
        [
            format,
            signature,
            NotChecked(CheckNames.Anchor),
            NotChecked(CheckNames.IssuerKey),
            NotChecked(CheckNames.Status),
            NotChecked(CheckNames.ValidityPeriod),
            NotChecked(CheckNames.Accreditation),
        ];
        return new Verdict { Kind = Verdict.KindOf(checks), Checks = checks };
    }

    private static Check NotChecked(string name) => new(
        name, CheckOutcome.Unknown, CheckCodes.NotChecked,
        "Not checked, since the document cannot be read as a credential.");
}
