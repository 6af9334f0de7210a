
namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Checks that the credential is valid by now and has not expired.</summary>
internal static class ValidityPeriodCheck
{
    public static Check Of(Examination examination)
    {
        var (credential, _, now, options, _) = examination;

        // Skew is allowed for where it only brings the beginning forward; it never lengthens a credential's life.
        if (credential.ValidFrom > now + options.ClockSkew)
        {
            return Fail(
                CheckCodes.NotYetValid, $"It is valid only from {CredentialTime.Write(credential.ValidFrom)} on.",
                "Verify again then.");
        }

        if (credential.ValidUntil is not { } until)
        {
            return new Check(
                CheckNames.ValidityPeriod, CheckOutcome.Pass, CheckCodes.WithinPeriod,
                $"Valid since {CredentialTime.Write(credential.ValidFrom)}, without an end.");
        }

        return now < until
            ? new Check(
                CheckNames.ValidityPeriod, CheckOutcome.Pass, CheckCodes.WithinPeriod,
                $"Valid from {CredentialTime.Write(credential.ValidFrom)} until {CredentialTime.Write(until)}.")
            : Fail(
                CheckCodes.Expired, $"It expired on {CredentialTime.Write(until)}.",
                "Ask the learner whether it was renewed.");
    }

    private static Check Fail(string code, string detail, string nextStep) =>
        new(CheckNames.ValidityPeriod, CheckOutcome.Fail, code, detail, nextStep);
}
