using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SmtpServer.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What learners are written, through a real mail server, and what becomes of it.</summary>
public sealed partial class LearnerMailTests(MailFixture mails) : IClassFixture<MailFixture>
{
    private readonly GatewayHost _gateway = mails.Gateway;
    private readonly MailServer _server = mails.Server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OlderCopy_MailsThatMayHaveGoneOutSince_AreNotSentAgain()
    {
        TestStore.RequireFile(RestoreTests.CopyOfPostgres);
        await using var server = new MailServer();
        await using var gateway = await GatewayHost.StartAsync(
            mails[LedgerFixture.Meridian], $"MailServer=smtp://127.0.0.1:{server.Port}",
            "MailFrom=Registrar <registrar@meridian.example>");
        await gateway.PrepareAsync();
        string address = $"{Guid.NewGuid():N}@student.example";
        var row = GatewayHost.Row("Told Once");
        row["recipient"]!["email"] = address;
        using var issued = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/credentials", row));
        string id = GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation));
        using var copy = await RestoreTests.CopyAsync(gateway);
        server.Start();
        await server.ToldAsync(address, "Your credential");
        await gateway.IssueAsync("After The Mail");

        await gateway.StopAsync();
        copy.PutBack(gateway.DataDirectory);
        await gateway.StartAsync();
        await Until.TrueAsync(
            async () => (await gateway.Registrar.GetStringAsync($"/v1/credentials/{id}/deliveries", Cancellation))
                .Contains("older copy", StringComparison.Ordinal),
            () => "The mail that may have gone out is not said to be one.");
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task Issued_ToSomebodyWithAMailAddress_SendsALink_InTheirLanguage()
    {
        await IssueAsync("Käthe Müller", "kaethe@student.example", "de-AT");
        var mail = await _server.ToldAsync("kaethe@student.example", "Ihr Nachweis");
        Assert.Equal("registrar@aurora.example", mail.From.Mailboxes.Single().Address);
        Assert.Equal("Käthe Müller", mail.To.Mailboxes.Single().Name);
        Assert.Contains("Data Literacy", mail.TextBody, StringComparison.Ordinal);
        string link = LinkIn(mail);
        Assert.Contains(link, mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);

        await IssueAsync("Aino Virtanen", "aino@student.example", language: null);
        await _server.ToldAsync("aino@student.example", "Your credential");
    }

    [Fact]
    public async Task Batch_SendsEachRowItsOwn_AndNobodyElse()
    {
        object[] rows =
        [
            Row("Row One", "one@batch.example"), Row("Row Two", "two@batch.example"), Row("Row Three", email: null),
        ];
        using var answer = await GatewayHost.OkAsync(
            await _gateway.Registrar.PostAsJsonAsync("/v1/batches", rows, Cancellation));
        var one = await _server.ToldAsync("one@batch.example", "Your credential");
        var two = await _server.ToldAsync("two@batch.example", "Your credential");
        Assert.NotEqual(LinkIn(one), LinkIn(two));
        Assert.Contains("Row One", one.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("Row", string.Join(' ', _server.Mails.Where(mail => mail.To.Count != 1)),
            StringComparison.Ordinal);
        Assert.Equal(2, _server.Mails.Count(mail => mail.To.Mailboxes.Single().Address.EndsWith("@batch.example",
            StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refused_ForGood_IsTold_AndCanBeSentElsewhere()
    {
        _server.Answer = to => to == "gone@student.example"
            ? new SmtpResponse(SmtpReplyCode.MailboxUnavailable, "no such user") : null;
        string id = await IssueAsync("Gone Learner", "gone@student.example", language: null);
        var failed = await UntilAsync(id, "failed");
        Assert.Contains("no such user", (string)failed["fault"]!, StringComparison.Ordinal);
        var listed = await _gateway.Registrar.GetFromJsonAsync<JsonNode>("/v1/deliveries?state=failed", Cancellation);
        Assert.Contains(listed!["items"]!.AsArray(), one => (string?)one!["credential"] == id);

        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{id}/deliveries", new { email = "moved@student.example" }));
        await _server.ToldAsync("moved@student.example", "Your credential");
        Assert.Equal("sent", (string?)(await UntilAsync(id, "sent"))["state"]);
    }

    [Fact]
    public async Task Refused_ForNow_Waits()
    {
        _server.Answer = to => to == "slow@student.example"
            ? new SmtpResponse(SmtpReplyCode.InsufficientStorage, "come back later") : null;
        string id = await IssueAsync("Slow Learner", "slow@student.example", language: null);
        JsonNode waiting = new JsonObject();
        await Until.TrueAsync(
            async () => (int)(waiting = (await ListAsync(id))[0]!)["attempts"]! == 1,
            () => $"It was not tried: {waiting}");
        Assert.Equal("waiting", (string?)waiting["state"]);
        Assert.NotNull(waiting["dueAt"]);
    }

    [Fact]
    public async Task ServerAway_NothingIsLost_AndAllIsSentOnceItIsBack()
    {
        await _server.StopAsync();
        string id = await IssueAsync("Patient Learner", "patient@student.example", language: null);
        await Until.TrueAsync(
            () => Task.FromResult(_gateway.Log.Text.Contains(
                "cannot be sent for now", StringComparison.Ordinal)), () => "Nobody tried.");
        Assert.Equal(0, (int)(await ListAsync(id))[0]!["attempts"]!);
        _server.Start();
        await _server.ToldAsync("patient@student.example", "Your credential");
    }

    [Fact]
    public async Task Withdrawn_IsToldToWhoeverGotIt_AndToNobodyElse()
    {
        string id = await IssueAsync("Revoked Learner", "revoked@student.example", language: null);
        await _server.ToldAsync("revoked@student.example", "Your credential");
        await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/credentials/{id}/suspension", new { reason = "underReview" }));
        await _server.ToldAsync("revoked@student.example", "was suspended");
        await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "misconduct" }));
        var mail = await _server.ToldAsync("revoked@student.example", "was revoked");
        Assert.DoesNotContain("/claim/", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("misconduct", mail.TextBody, StringComparison.Ordinal);

        string silent = await IssueAsync("Silent Learner", email: null, language: null);
        await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/credentials/{silent}/revocation", new { reason = "other" }));
        Assert.Empty(await ListAsync(silent));
    }

    [Fact]
    public async Task Withdrawn_BrokenOffBehindTheLedger_IsToldOnce_ByWhoeverRepeatsIt_AndItIsKnownWhoseItWas()
    {
        string id = await IssueAsync("Broken Off Learner", "broken@student.example", language: null);
        await RevokeAsync();
        Assert.Equal(2, (await ListAsync(id)).Count);
        var services = _gateway.Services;
        var found = services.GetRequiredService<DocumentStore>().Find(Guid.Parse(id["urn:uuid:".Length..]))!;
        var anchor = await services.GetRequiredService<LedgerDoor>().GetAnchorAsync(
            _gateway.MspId, found.Root!, found.Document.Leaf, Cancellation);
        var status = anchor.Status!;
        var actors = services.GetRequiredService<RecordActors>();
        Assert.False(actors.HasBegun(status.Statement));

        // As a kill between the ledger's commit and the store's leaves it.
        await services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM record_actor WHERE record = $0", 1);
            delete.With($"status:{status.TransactionId}").ExecuteNonQuery();
        });
        await actors.BeginStatusAsync(status.Statement, new Caller(CallerKind.Person, "p", "Who Began"));
        for (int repetition = 0; repetition < 2; repetition++)
        {
            await RevokeAsync();
            Assert.Equal("Who Began", actors.OfStatus(status.TransactionId)!.Name);
            Assert.Equal(3, (await ListAsync(id)).Count);
            Assert.False(actors.HasBegun(status.Statement));
        }

        async Task RevokeAsync() => await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "misconduct" }));
    }

    [Fact]
    public async Task Bounce_AsServersSendIt_IsNoted()
    {
        string id = await IssueAsync("Bounced Learner", "bounced@student.example", language: null);
        var mail = await _server.ToldAsync("bounced@student.example", "Your credential");
        await UntilAsync(id, "sent");
        using var foreign = Notification("<x@elsewhere.example>", "X-Other: 1");
        using var refused = await _gateway.Registrar.PostAsync("/v1/deliveries/bounces", foreign, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var report = Notification(
            mail.MessageId!, $"{MailComposer.DeliveryHeader}: {mail.Headers[MailComposer.DeliveryHeader]}");
        using var taken = await _gateway.Registrar.PostAsync("/v1/deliveries/bounces", report, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        var bounced = await UntilAsync(id, "bounced");
        Assert.Contains("5.1.1", (string)bounced["fault"]!, StringComparison.Ordinal);

        // What came back is not written to again by itself.
        await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/credentials/{id}/suspension", new { reason = "underReview" }));
        Assert.Single(await ListAsync(id));
    }

    [Fact]
    public async Task Erased_NothingOfItIsLeft()
    {
        string id = await IssueAsync("Erased Learner", "erased@student.example", language: null);
        var mail = await _server.ToldAsync("erased@student.example", "Your credential");
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation));
        using var claim = await _gateway.Anyone.GetAsync(new Uri(LinkIn(mail)).AbsolutePath, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, claim.StatusCode);
        using var deliveries = await _gateway.Registrar.GetAsync($"/v1/credentials/{id}/deliveries", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, deliveries.StatusCode);
        var all = await _gateway.Registrar.GetStringAsync("/v1/deliveries?state=sent", Cancellation);
        Assert.DoesNotContain("erased@student.example", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAMailServer_NobodyIsWrittenTo_AndAskingSaysWhy()
    {
        string id = GatewayHost.IdOf(await mails.Partner.IssueAsync("Unwritten Learner"));
        using var answer = await mails.Partner.PostAsync(
            $"/v1/credentials/{id}/deliveries", new { email = "a@b.example" });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("MailServer", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mailbox_ShowsWhatWouldBeSent_ToThisComputer_AndItsLinkWorks()
    {
        await using var gateway = await GatewayHost.StartAsync(mails[LedgerFixture.Tejo], "MailServer=mailbox");
        await gateway.PrepareAsync();
        await gateway.SettleAsync();
        Assert.Contains("Nothing yet", await gateway.Anyone.GetStringAsync("/mailbox", Cancellation),
            StringComparison.Ordinal);
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/credentials", new
        {
            achievement = "data-literacy",
            recipient = new { name = "Box Learner", email = "box@student.example" },
        }));
        string page = "";
        await Until.TrueAsync(
            async () => (page = await gateway.Anyone.GetStringAsync("/mailbox", Cancellation)).Contains(
                "box@student.example", StringComparison.Ordinal),
            () => $"No mail is there: {page}");
        string link = Link().Match(page).Value.Split('"')[0];
        string claim = await gateway.Anyone.GetStringAsync(link, Cancellation);
        Assert.Contains("Keep it on this device", claim, StringComparison.Ordinal);

        // A gateway that sends mails has no mailbox, and nobody from elsewhere looks into one.
        using var none = await _gateway.Anyone.GetAsync("/mailbox", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mailbox");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using var foreign = await gateway.Anyone.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    internal static string LinkIn(MimeMessage mail) => Link().Match(mail.TextBody!).Value;

    private static object Row(string name, string? email) =>
        new { achievement = "data-literacy", recipient = new { name, email } };

    private static ByteArrayContent Notification(string messageId, string header)
    {
        string text = $"""
            From: MAILER-DAEMON@aurora.example
            To: registrar@aurora.example
            Subject: Undelivered Mail Returned to Sender
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            It could not be delivered.

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.aurora.example

            Final-Recipient: rfc822; bounced@student.example
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 user unknown

            --b
            Content-Type: text/rfc822-headers

            Message-Id: <{messageId.Trim('<', '>')}>
            {header}

            --b--

            """;
        var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")));
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        return content;
    }

    private async Task<string> IssueAsync(string name, string? email, string? language)
    {
        using var answer = await GatewayHost.OkAsync(await _gateway.Registrar.PostAsJsonAsync(
            "/v1/credentials", new { achievement = "data-literacy", recipient = new { name, email, language } },
            Cancellation));
        return GatewayHost.IdOf(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task<JsonArray> ListAsync(string id) => (await _gateway.Registrar.GetFromJsonAsync<JsonNode>(
        $"/v1/credentials/{id}/deliveries", Cancellation))!["items"]!.AsArray();

    private async Task<JsonNode> UntilAsync(string id, string state)
    {
        JsonNode? newest = null;
        await Until.TrueAsync(
            async () => (string?)(newest = (await ListAsync(id))[0])?["state"] == state, () => $"It is {newest}.");
        return newest!;
    }

    [GeneratedRegex(@"http\S+/claim/\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
