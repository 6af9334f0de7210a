using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Verifies what people have: a credential of ours in any form and in whatever wraps it on its way, one or several, and
/// one of another consortium with its proof, where there is an agreement with that; of what is of neither it says what
/// it is, and never that it is not valid. Thread-safe.
/// </summary>
/// <param name="verifier">What verifies credentials of ours.</param>
/// <param name="signatures">What looks at the signatures of others.</param>
/// <param name="statuses">What looks at the status lists of others. Default is that they are not looked at.</param>
/// <param name="abroad">What verifies credentials of other consortia. Default is that there is no agreement.</param>
/// <param name="files">What looks into PDFs and pictures within a mail or the like. Default is nothing.</param>
public sealed class ReceivedVerifier(
    CredentialVerifier verifier, ForeignSignatures signatures, ForeignStatuses? statuses = null,
    IAbroadVerifier? abroad = null, IFileOpener? files = null)
{
    /// <summary>The largest thing that is looked into, in bytes, if it is no credential of ours by itself.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>The most credentials that are verified of one thing.</summary>
    public const int MaxCredentials = 20;

    // Else whoever tries out a proof here learns nothing of it.
    private static readonly Notice ProofNotLookedAt = new(
        CheckCodes.ProofNotLookedAt,
        "The proof that came along was not looked at: the credential was verified as if it had come alone. Whether the "
        + "proof holds says who verifies by it (microcreds verify --proof, /verify/offline).");

    /// <summary>
    /// Verifies what was received; equivalent to <see cref="CredentialVerifier.VerifyAsync(ReadOnlyMemory{byte},
    /// PresentationRequest?, CancellationToken)"/> of what lies within, where that is of ours. Of several credentials
    /// each has its own verdict in <see cref="Verdict.Each"/>. Never throws because of what it holds.
    /// </summary>
    /// <param name="received">What was received.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> received, PresentationRequest? request = null,
        CancellationToken cancellationToken = default) =>
        VerifyAsync(received, request, isAskedOfStrangers: true, cancellationToken);

    /// <summary>
    /// Verifies one thing of a larger set: as <see cref="VerifyAsync(ReadOnlyMemory{byte}, PresentationRequest?,
    /// CancellationToken)"/>, but the signatures of what is not of this consortium are not looked at, since their keys
    /// may have to be fetched.
    /// </summary>
    /// <param name="received">What was received.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The verdict on each credential within; at least one.</returns>
    public ValueTask<IReadOnlyList<Verdict>> VerifyOwnAsync(
        ReadOnlyMemory<byte> received, CancellationToken cancellationToken = default) =>
        VerifyOwnAsync(received, request: null, cancellationToken);

    /// <summary>Verifies what a wallet presents, without asking strangers.</summary>
    /// <param name="received">What was received.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The verdict on each credential within; at least one.</returns>
    public async ValueTask<IReadOnlyList<Verdict>> VerifyOwnAsync(
        ReadOnlyMemory<byte> received, PresentationRequest? request, CancellationToken cancellationToken = default)
    {
        var verdict = await VerifyAsync(received, request, isAskedOfStrangers: false, cancellationToken);
        return verdict.Each ?? [verdict];
    }

    /// <summary>
    /// Verifies what a file carries, such as a PDF or a badge: all of it, so that nothing is left out in silence.
    /// </summary>
    /// <param name="carried">What was found in the file, at least one thing.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<Verdict> VerifyCarriedAsync(
        IReadOnlyList<byte[]> carried, PresentationRequest? request = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(carried);
        var verdicts = new List<Verdict>();
        foreach (byte[] one in carried)
        {
            var verdict = await VerifyAsync(one, request, cancellationToken);
            verdicts.AddRange((verdict.Each ?? [verdict])
                .Select(found => found with { Unwrapped = [Wrapping.File, .. found.Unwrapped ?? []] }));
            if (verdicts.Count > MaxCredentials) return FormatVerdict.OfTooMany(verdicts.Count, MaxCredentials);
        }

        return verdicts is [var only] ? only : FormatVerdict.OfSeveral(verdicts);
    }

    /// <summary>The verdict on a file that could not be looked into: <see cref="VerdictKind.Indeterminate"/>.</summary>
    /// <param name="detail">Why it could not, in a sentence.</param>
    /// <param name="nextStep">What to do, in a sentence.</param>
    public static Verdict NotOpened(string detail, string nextStep) => FormatVerdict.OfNotOpened(detail, nextStep);

    private async ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> received, PresentationRequest? request, bool isAskedOfStrangers,
        CancellationToken cancellationToken)
    {
        if (received.Length <= MaxBytes && ProvenCredential.Find(received) is { } proven)
            return await VerifyAsync(proven, request, cancellationToken);

        if (ProvenCredential.IsProof(received.Span))
        {
            return FormatVerdict.Of(
                CheckCodes.NotACredential,
                $"It is a proof without the credential that it is of: send both as {ProvenCredential.Shape}.");
        }

        // Nearly all that arrives is a credential of ours as it was sent.
        var verdict = Told(await verifier.VerifyAsync(received, request, cancellationToken));
        if (!IsUnread(verdict) || received.Length > MaxBytes) return verdict;

        var pieces = Unwrapping.Open(received, out bool isWhole, files);
        if (pieces.Any(piece => piece.IsOwn))
        {
            if (!isWhole) return FormatVerdict.OfNotWhole(Unwrapping.MaxPieces);
            if (pieces is [{ Wrappings.Count: 0 }]) return verdict;
            var credentials = pieces.Where(piece => piece.IsOwn || ForeignRecognition.IsCredential(piece)).ToList();
            return credentials switch
            {
                [var one] => await VerifyOneAsync(one, request, isAskedOfStrangers, cancellationToken),
                { Count: > MaxCredentials } => FormatVerdict.OfTooMany(credentials.Count, MaxCredentials),
                _ => FormatVerdict.OfSeveral(await Task.WhenAll(credentials.Select(one =>
                    VerifyOneAsync(one, request, isAskedOfStrangers, cancellationToken).AsTask()))),
            };
        }

        if (OwnMark.IsIn(received.Span)) return verdict;
        var (finding, found) = ForeignRecognition.Recognize(pieces);
        return await ForeignAsync(finding, found, isAskedOfStrangers, cancellationToken);
    }

    /// <summary>
    /// Verifies by a proof that came along; where that is none of a consortium with an agreement, or whose holder
    /// presents it is asked, of which such a proof says nothing, the credential is verified as if it had come alone.
    /// </summary>
    /// <remarks>Nothing is looked for within the credential: else one could lie within another many times.</remarks>
    private async ValueTask<Verdict> VerifyAsync(
        ProvenCredential proven, PresentationRequest? request, CancellationToken cancellationToken)
    {
        if (request is null && abroad?.TryVerify(proven) is { } judged) return judged;
        var verdict = Told(await verifier.VerifyAsync(proven.Credential, request, cancellationToken));
        return verdict with { Notices = [.. verdict.Notices, ProofNotLookedAt] };
    }

    private Verdict Told(Verdict verdict) => abroad?.Tell(verdict) ?? verdict;

    private async ValueTask<Verdict> VerifyOneAsync(
        UnwrappedPiece piece, PresentationRequest? request, bool isAskedOfStrangers,
        CancellationToken cancellationToken)
    {
        if (!piece.IsOwn)
        {
            var finding = ForeignRecognition.Recognize(piece.Bytes) with { Wrappings = piece.Wrappings };
            return await ForeignAsync(finding, piece, isAskedOfStrangers, cancellationToken);
        }

        if (ProvenCredential.Find(piece.Bytes) is { } proven)
            return TakenOut(await VerifyAsync(proven, request, cancellationToken), piece);
        var proof = piece.Presentation is { } presentation ? PresentationProof.Read(presentation) : null;
        var verdict = TakenOut(
            Told(await verifier.VerifyAsync(piece.Bytes, request, proof, cancellationToken)), piece);
        return piece.Record is { } record
            ? verdict with { Notices = [.. verdict.Notices, RecordProof.Check(record.Bytes, verdict, signatures.Now)] }
            : verdict;
    }

    private async ValueTask<Verdict> ForeignAsync(
        ForeignFinding finding, UnwrappedPiece piece, bool isAskedOfStrangers, CancellationToken cancellationToken)
    {
        finding = ForeignModel.LookAt(finding, piece.Bytes);
        if (!isAskedOfStrangers) return FormatVerdict.Of(finding, signatures.Now);
        var signature = await signatures.CheckAsync(piece.Bytes, cancellationToken);
        var status = statuses is null
            ? ForeignStatus.None
            : await statuses.CheckAsync(piece.Bytes, signature, cancellationToken);
        return FormatVerdict.Of(finding with { Signature = signature, Status = status }, signatures.Now);
    }

    private static bool IsUnread(Verdict verdict) =>
        verdict.Checks[0] is { Name: CheckNames.Format, Outcome: not CheckOutcome.Pass } format
        && format.Code is CheckCodes.NotJson or CheckCodes.NotACredential or CheckCodes.TooLarge
            or CheckCodes.CompactDamaged;

    /// <summary>Of what came in a presentation it is said if nothing there tells whose it is.</summary>
    private static Verdict TakenOut(Verdict verdict, UnwrappedPiece piece) => verdict with
    {
        Unwrapped = piece.Wrappings,
        Notices = piece.Wrappings.Contains(Wrapping.Presentation)
            && verdict.Checks.All(check => check.Name != CheckNames.Holder)
            ? [
                .. verdict.Notices,
                new Notice(
                    CheckCodes.PresentationNotChecked,
                    "It came in a presentation: that the one who presents it is whose it is, was not checked."),
            ]
            : verdict.Notices,
    };
}
