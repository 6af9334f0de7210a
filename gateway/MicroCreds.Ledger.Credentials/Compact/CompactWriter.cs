using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// Writes documents in the compact form. A text is given only if the very document comes out of it and of the ledger
/// again. Thread-safe.
/// </summary>
/// <param name="ledger">What says what is on the ledger.</param>
/// <param name="expander">What makes documents of texts.</param>
public sealed class CompactWriter(ILedgerView ledger, CompactExpander expander)
{
    /// <summary>Writes a document.</summary>
    /// <param name="document">The document with its proof, as canonical JSON.</param>
    /// <param name="seed">The seed that it was made of.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    public async ValueTask<CompactForm> WriteAsync(
        ReadOnlyMemory<byte> document, CredentialSeed seed, CancellationToken cancellationToken = default)
    {
        var read = CredentialReader.Read(document);
        var anchor = read.Anchor;
        var view = await ledger.FindAnchorAsync(
            anchor.MspId, anchor.Root, anchor.Index, read.Achievement, cancellationToken);
        if (view.Anchor?.Issuance is not { } issuance || read.StatusEntry is null)
            return CompactForm.Without(CompactObstacle.NotOfTheLedger);

        var credential = CompactCredential.Of(read, seed, issuance.Statement);
        string text = CompactText.Write(credential);
        if (text.Length > CompactText.MaxCharacters) return CompactForm.Without(CompactObstacle.TooLong);

        var expansion = await expander.ExpandAsync(credential, cancellationToken);
        if (expansion.Fault?.Code == CheckCodes.LedgerUnreachable)
            throw new LedgerUnavailableException(expansion.Fault.Detail);
        return expansion.Document is { } made && made.AsSpan().SequenceEqual(document.Span)
            ? CompactForm.Of(text)
            : CompactForm.Without(CompactObstacle.NotOfTheLedger);
    }
}

/// <summary>A credential in the compact form, or why it has none.</summary>
public sealed record CompactForm
{
    private CompactForm()
    {
    }

    /// <summary>The text; absent if there is none. Personal: never log it.</summary>
    public string? Text { get; private init; }

    /// <summary>Why there is none; absent if there is one.</summary>
    public CompactObstacle? Obstacle { get; private init; }

    /// <summary>Why there is none, in a sentence.</summary>
    public string? Detail => Obstacle switch
    {
        null => null,
        CompactObstacle.KeptWhole =>
            "This credential is kept whole, as one of an earlier version: a link or the file takes the place of the "
            + "compact form.",
        CompactObstacle.TooLong =>
            $"It would be longer than {CompactText.MaxCharacters} characters, as with long evidence: a link or the "
            + "file takes the place of the compact form.",
        _ =>
            "The ledger's records, as this gateway has them, do not make this document again: a link or the file takes "
            + "the place of the compact form.",
    };

    /// <summary>A form that there is.</summary>
    public static CompactForm Of(string text) => new() { Text = text };

    /// <summary>One that there is not.</summary>
    public static CompactForm Without(CompactObstacle obstacle) => new() { Obstacle = obstacle };
}

/// <summary>Why a credential has no compact form.</summary>
public enum CompactObstacle
{
    /// <summary>It is kept whole, not as a seed: one of an earlier version, or of an unusual form.</summary>
    KeptWhole,

    /// <summary>It is longer than <see cref="CompactText.MaxCharacters"/>, as with long evidence.</summary>
    TooLong,

    /// <summary>The ledger's records do not make it again, byte for byte.</summary>
    NotOfTheLedger,
}
