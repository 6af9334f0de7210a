using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MicroCreds.Ledger.Gateway.Configuration;
using MimeKit;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Hands mails to the institution's mail server, over one connection as long as there are some. Not thread-safe.
/// </summary>
public sealed class SmtpDoor(GatewayServiceOptions options) : IMailDoor, IDisposable
{
    private const int SubmissionPort = 587;
    private const int EncryptedPort = 465;
    private const int FirstFinalStatus = 500;
    private const int TimeoutMilliseconds = 30_000;

    private SmtpClient? _client;

    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var client = await ConnectAsync(cancellationToken);
            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException exception) when (exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted
            or SmtpErrorCode.MessageNotAccepted)
        {
            throw new MailRefusedException(
                $"{(int)exception.StatusCode} {exception.Message}", (int)exception.StatusCode >= FirstFinalStatus);
        }
        catch (Exception exception) when (exception is CommandException or ProtocolException or SocketException
            or IOException or AuthenticationException or SslHandshakeException or ServiceNotConnectedException
            or ServiceNotAuthenticatedException or NotSupportedException or TimeoutException)
        {
            Drop();
            throw new MailServerException(exception.Message, exception);
        }
    }

    public async Task RestAsync()
    {
        if (_client is not { } client) return;
        try
        {
            await client.DisconnectAsync(quit: true);
        }
        catch (Exception exception) when (exception is ProtocolException or IOException or SocketException)
        {
            // It is to be closed, and is.
            return;
        }
        finally
        {
            Drop();
        }
    }

    public void Dispose() => Drop();

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true } connected) return connected;
        Drop();
        var server = new Uri(options.Learners.Server!);
        bool isEncrypted = server.Scheme == "smtps";

        // As everywhere in .NET: whether a certificate was withdrawn is not asked of a third party.
        var client = new SmtpClient { Timeout = TimeoutMilliseconds, CheckCertificateRevocation = false };
        _client = client;
        await client.ConnectAsync(
            server.IdnHost, server.Port > 0 ? server.Port : isEncrypted ? EncryptedPort : SubmissionPort,
            isEncrypted ? SecureSocketOptions.SslOnConnect
                : IsThisComputer(server.IdnHost) ? SecureSocketOptions.StartTlsWhenAvailable
                : SecureSocketOptions.StartTls,
            cancellationToken);
        if (options.Learners.User is { } user)
        {
            string password = await File.ReadAllTextAsync(options.Learners.PasswordFile!, cancellationToken);
            await client.AuthenticateAsync(user, password.TrimEnd('\r', '\n'), cancellationToken);
        }

        return client;
    }

    private static bool IsThisComputer(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }
}
