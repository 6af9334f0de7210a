using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using MicroCreds.Ledger.Tests.EndToEnd;
using MimeKit;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A real SMTP server on this computer, which takes mails or not, as it is said.</summary>
internal sealed class MailServer : MessageStore, IMailboxFilter, IAsyncDisposable
{
    private readonly ConcurrentQueue<MimeMessage> _mails = [];
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public int Port { get; } = FreePorts.Take();

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<MimeMessage> Mails => [.. _mails];

    /// <summary>What is said to who asks whether a recipient's mails are taken. Default is yes.</summary>
    public Func<string, SmtpResponse?> Answer { get; set; } = _ => null;

    public void Start()
    {
        _stop = new CancellationTokenSource();
        var provider = new ServiceProvider();
        provider.Add((IMessageStore)this);
        provider.Add((IMailboxFilter)this);
        var options = new SmtpServerOptionsBuilder().ServerName("mail.aurora.example")
            .Endpoint(new EndpointDefinitionBuilder().Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).Build())
            .Build();
        _running = new SmtpServer.SmtpServer(options, provider).StartAsync(_stop.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits for a mail to somebody.</summary>
    public async Task<MimeMessage> ToldAsync(string address, string subject)
    {
        MimeMessage? found = null;
        await Until.TrueAsync(
            () => Task.FromResult((found = Mails.FirstOrDefault(mail => IsTo(mail, address)
                && mail.Subject!.Contains(subject, StringComparison.Ordinal))) is not null),
            () => $"No mail \"{subject}\" came for {address}. There came: "
                + string.Join("; ", Mails.Select(mail => $"{mail.To}: {mail.Subject}")));
        return found!;
    }

    public static bool IsTo(MimeMessage mail, string address) =>
        mail.To.Mailboxes.Any(one => one.Address == address);

    public override Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(buffer.ToArray());
        _mails.Enqueue(MimeMessage.Load(stream, cancellationToken));
        return Task.FromResult(SmtpResponse.Ok);
    }

    public Task<bool> CanAcceptFromAsync(
        ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> CanDeliverToAsync(
        ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
        Answer($"{to.User}@{to.Host}") is { } answer
            ? throw new SmtpResponseException(answer) : Task.FromResult(true);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
