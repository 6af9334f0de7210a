using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Verifies what people have: a credential of ours in any form and in whatever wraps it on its way; and of what is not
/// of this consortium it says what it is, and never that it is not valid. Thread-safe.
/// </summary>
/// <param name="verifier">What verifies credentials of ours.</param>
/// <param name="signatures">What looks at the signatures of others.</param>
public sealed class ReceivedVerifier(CredentialVerifier verifier, ForeignSignatures signatures)
{
    /// <summary>The largest thing that is looked into, in bytes, if it is no credential of ours by itself.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Verifies what was received; equivalent to <see cref="CredentialVerifier.VerifyAsync(ReadOnlyMemory{byte},
    /// PresentationRequest?, CancellationToken)"/> of what lies within, where that is of ours. Never throws because of
    /// what it holds.
    /// </summary>
    /// <param name="received">What was received.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> received, PresentationRequest? request = null,
        CancellationToken cancellationToken = default)
    {
        // Nearly all that arrives is a credential of ours as it was sent.
        var verdict = await verifier.VerifyAsync(received, request, cancellationToken);
        if (!IsUnread(verdict) || received.Length > MaxBytes) return verdict;

        var pieces = Unwrapping.Open(received);
        UnwrappedPiece[] own = [.. pieces.Where(piece => piece.IsOwn)];
        if (own.Length > 1) return FormatVerdict.OfSeveral(own.Length);
        if (own.Length == 1)
        {
            return own[0].Wrappings.Count == 0
                ? verdict
                : TakenOut(await verifier.VerifyAsync(own[0].Bytes, request, cancellationToken), own[0]);
        }

        if (OwnMark.IsIn(received.Span)) return verdict;
        var (finding, found) = ForeignRecognition.Recognize(pieces);
        var signature = await signatures.CheckAsync(found.Bytes, cancellationToken);
        return FormatVerdict.Of(finding with { Signature = signature });
    }

    private static bool IsUnread(Verdict verdict) =>
        verdict.Checks[0] is { Name: CheckNames.Format, Outcome: CheckOutcome.Fail } format
        && format.Code is CheckCodes.NotJson or CheckCodes.NotACredential or CheckCodes.TooLarge
            or CheckCodes.CompactDamaged;

    private static Verdict TakenOut(Verdict verdict, UnwrappedPiece piece) => verdict with
    {
        Unwrapped = piece.Wrappings,
        Notices = piece.Wrappings.Contains(Wrapping.Presentation)
            ? [
                .. verdict.Notices,
                new Notice(
                    CheckCodes.PresentationNotChecked,
                    "It came in a presentation: that the one who presents it is whose it is, was not checked."),
            ]
            : verdict.Notices,
    };
}
