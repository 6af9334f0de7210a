using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>The contract, or the network's policies, refused the transaction; nothing was written.</summary>
/// <param name="message">What the contract said.</param>
/// <param name="code">One of <see cref="Model.ErrorCodes"/>; none if the network itself refused.</param>
/// <param name="field">The place in the transaction's argument, if it is about one.</param>
/// <param name="cause">The call's own exception.</param>
public sealed class LedgerRefusedException(
    string message, string? code = null, string? field = null, Exception? cause = null)
    : Exception(message, cause)
{
    // What another time, another certificate or another key mends is not final, and neither is what the network itself
    // refused: a certificate's role, a member's policy, a conflict with others.
    private static readonly HashSet<string> FinalCodes = new(StringComparer.Ordinal)
    {
        ErrorCodes.MalformedArgument, ErrorCodes.TooLarge, ErrorCodes.InvalidValue, ErrorCodes.WrongStatementType,
        ErrorCodes.AchievementUnknown, ErrorCodes.AchievementRetired, ErrorCodes.IssuanceConflict,
    };

    public string? Code { get; } = code;

    public string? Field { get; } = field;

    /// <summary>Whether the contract would say no to the same issuance for ever.</summary>
    public bool IsFinal => Code is not null && FinalCodes.Contains(Code);

    /// <summary>
    /// Whether nothing is wrong with what was asked: it was endorsed, each time, and other transactions came first.
    /// </summary>
    public bool IsOvertaken => InnerException is CommitException invalid && FabricConnection.IsOvertaken(invalid.Code);

    /// <summary>Whether the same credentials are to be signed anew: with another key, or at other positions.</summary>
    public bool AsksForAnotherStatement => Code is ErrorCodes.KeyRevoked or ErrorCodes.StatusRangeConflict;
}

/// <summary>
/// An issuance is kept and will be issued, although not now: whoever asked for it is told so, and asks again.
/// </summary>
public sealed class IssuanceWaitsException(string reason, Exception cause) : Exception(reason, cause);

/// <summary>A transaction was sent and may or may not be written: find out before doing anything else.</summary>
public sealed class OutcomeUnknownException(string transactionId, Exception cause)
    : Exception($"The outcome of transaction {transactionId} is not known.", cause);
