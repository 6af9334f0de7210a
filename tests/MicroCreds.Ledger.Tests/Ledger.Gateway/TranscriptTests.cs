using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Several credentials of a learner shown by one link, as programs see it.</summary>
public sealed class TranscriptTests(MailFixture mails) : IClassFixture<MailFixture>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Programs_GetItAsJson_FromAnySite_ByWhatHoldsNow()
    {
        var (transcripts, device, transcript, ids) = await MakeAsync();
        string address = $"/transcript/{Transcripts.SecretOf(device, transcript.Id)}";
        var before = await ReadAsync(address);
        Assert.Equal((9, 3), ((double)before["credits"]!, before["items"]!.AsArray().Count));
        Assert.StartsWith("Learner ", (string?)before["learner"], StringComparison.Ordinal);
        Assert.All(before["items"]!.AsArray(), one => Assert.Equal(("inForce", "6"), (
            (string?)one!["state"], (string?)one["eqfLevel"])));

        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{ids[0]}/revocation", new { reason = "issuedInError" }));
        await Until.TrueAsync(
            async () => (double)(await ReadAsync(address))["credits"]! == 6, () => "What was revoked counts on.");

        // One that is erased is gone from it, and its end is the end of the link.
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/credentials/{ids[1]}", Cancellation));
        Assert.Equal(2, (await ReadAsync(address))["items"]!.AsArray().Count);
        foreach (var id in ids.Where((_, i) => i != 1))
            await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation));
        using var gone = await _gateway.Anyone.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await Until.TrueAsync(
            () => Task.FromResult(Assert.Single(transcripts.List(device)).Opened >= 3),
            () => "The visits are not counted.");
    }

    [Fact]
    public async Task Links_End_AreTheDevicesOwn_AndNoMoreThanTwenty()
    {
        var (transcripts, device, transcript, ids) = await MakeAsync();
        var now = DateTimeOffset.UtcNow;
        string secret = Transcripts.SecretOf(device, transcript.Id);
        Assert.False(await transcripts.EndAsync(LearnerSecret.Draw(), transcript.Id));
        Assert.Null(transcripts.Find(secret, transcript.EndsAt!.Value));
        for (int i = 1; i < Transcripts.MaxOfDevice; i++) Assert.True(await AddAsync());
        Assert.False(await AddAsync());
        Assert.True(await transcripts.EndAsync(device, transcript.Id));
        Assert.Null(transcripts.Find(secret, now));
        Assert.True(await AddAsync());
        await transcripts.SweepAsync(transcript.EndsAt.Value.AddDays(1));
        Assert.Empty(transcripts.List(device));

        Task<bool> AddAsync() => transcripts.AddAsync(
            device, transcript with { Id = Guid.NewGuid().ToString("N"), Credentials = [ids[0]] });
    }

    [Fact]
    public async Task OfSeveralPeople_NamesNobody_AndCountsAnAchievementOnce()
    {
        var (_, _, first, _) = await MakeAsync();
        var (_, _, second, _) = await MakeAsync();
        var shown = _gateway.Services.GetRequiredService<TranscriptViews>().Of(
            [.. first.Credentials, .. second.Credentials], showsName: true);
        Assert.Equal((6, 2, null, 9.0), (shown.Items.Count, shown.Learners, shown.Learner, shown.Credits));
    }

    private async Task<(Transcripts Transcripts, string Device, Transcript Transcript, Guid[] Ids)> MakeAsync()
    {
        var (_, credentials) = await AwardApplicationTests.CompleteAsync(_gateway);
        Guid[] ids = [.. credentials.Select(one => Guid.Parse(((string)one!["id"]!)["urn:uuid:".Length..]))];
        var transcripts = _gateway.Services.GetRequiredService<Transcripts>();
        string device = LearnerSecret.Draw();
        var transcript = new Transcript
        {
            Id = Guid.NewGuid().ToString("N"),
            ShowsName = true,
            Label = "",
            CreatedAt = DateTimeOffset.UtcNow,
            EndsAt = DateTimeOffset.UtcNow.AddDays(1),
            Credentials = ids,
        };
        Assert.True(await transcripts.AddAsync(device, transcript));
        return (transcripts, device, transcript, ids);
    }

    private async Task<JsonNode> ReadAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("Origin", "https://portfolio.example");
        using var answer = await GatewayHost.OkAsync(await _gateway.Anyone.SendAsync(request, Cancellation));
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }
}
