using MimeKit;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Keeps mails in memory instead of sending them, so that somebody who tries the gateway can read them. Thread-safe.
/// </summary>
public sealed class Mailbox : IMailDoor
{
    /// <summary>The most that are kept; older ones go.</summary>
    public const int MaxMails = 200;

    private readonly Lock _turn = new();
    private readonly LinkedList<ShownMail> _mails = [];

    /// <summary>What is there, the newest first.</summary>
    public IReadOnlyList<ShownMail> List()
    {
        lock (_turn) return [.. _mails];
    }

    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);

        // Whoever sent the message is done with it when this returns.
        var shown = new ShownMail(
            message.Subject ?? "", message.To.ToString(), message.Date, message.Headers[HeaderId.ContentLanguage] ?? "",
            message.TextBody ?? "");
        lock (_turn)
        {
            _mails.AddFirst(shown);
            if (_mails.Count > MaxMails) _mails.RemoveLast();
        }

        return Task.CompletedTask;
    }

    public Task RestAsync() => Task.CompletedTask;
}

/// <summary>A mail as it would be read.</summary>
/// <param name="Subject">Its subject.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Date">When it was written.</param>
/// <param name="Language">Its language, BCP 47.</param>
/// <param name="Text">What it says.</param>
public sealed record ShownMail(string Subject, string To, DateTimeOffset Date, string Language, string Text);
