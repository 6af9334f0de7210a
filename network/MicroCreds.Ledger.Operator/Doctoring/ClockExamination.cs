namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Whether two machines agree about the time: peers refuse proposals that are 15 minutes off.</summary>
internal static class ClockExamination
{
    private static readonly TimeSpan Allowed = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Noticeable = TimeSpan.FromMinutes(1);

    public static IEnumerable<Finding> Examine(string subject, DateTimeOffset theirs, DateTimeOffset ours)
    {
        var difference = (theirs - ours).Duration();
        if (difference > Noticeable)
        {
            yield return new Finding(
                subject,
                $"its clock is {difference.TotalMinutes:F0} minutes {(theirs > ours ? "ahead of" : "behind")} this one"
                    + (difference > Allowed
                        ? "; peers answer \"request unauthorized due to incorrect timestamp\"."
                        : "; beyond 15 minutes peers refuse every proposal."),
                "let both machines take their time from NTP.");
        }
    }
}
