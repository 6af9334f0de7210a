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
    private readonly LinkedList<MimeMessage> _mails = [];

    /// <summary>What is there, the newest first.</summary>
    public IReadOnlyList<MimeMessage> List()
    {
        lock (_turn) return [.. _mails];
    }

    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        lock (_turn)
        {
            _mails.AddFirst(message);
            if (_mails.Count > MaxMails) _mails.RemoveLast();
        }

        return Task.CompletedTask;
    }

    public Task RestAsync() => Task.CompletedTask;
}
