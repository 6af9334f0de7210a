using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Tests.SampleApplications;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>A contract called by its interface: what goes out, and what comes back.</summary>
public sealed class TypedCallTests(SampleNetwork network) : IClassFixture<SampleNetwork>
{
    private static readonly Shape Whole = new(
        "whole", 1.5m, Paint.LightBlue, [new Shape("part", 2m, Paint.DarkRed, [])],
        new DateTimeOffset(2026, 11, 30, 8, 0, 0, TimeSpan.FromHours(1)));

    private FabricContract Contract => network[SampleNetwork.Aurora].Network.GetContract(
        network[SampleNetwork.Aurora].User.ChaincodeName, "shapes");

    [Fact]
    public async Task Values_OfEveryForm_ComeBackAsTheyWent()
    {
        var shapes = Contract.As<IShapes>();
        Assert.Equal("\"é\" {}", await shapes.EchoAsync("\"é\" {}"));
        Assert.Equal("", await shapes.EchoAsync(""));
        Assert.Equal(42, await shapes.DoubleAsync(21));
        Assert.False(await shapes.NotAsync(true));
        Assert.Equal(Level.MasterDegree, await shapes.NextAsync(Level.Bachelor, TestContext.Current.CancellationToken));
        Assert.Equal([3, 2, 1], await shapes.ReverseAsync([1, 2, 3]));
        Assert.Equal(new DateOnly(2027, 1, 1), await shapes.TomorrowAsync(new DateOnly(2026, 12, 31)));
        Assert.Null(await shapes.NeverAsync());
        Assert.Equal(0.5m, await shapes.HalfAsync(1));
        Assert.Null(await shapes.HalfAsync(null));
        var repeated = await shapes.RepeatAsync(Whole, 3);
        Assert.Equal(3, repeated.Length);
        Assert.Equivalent(Whole, repeated[2], strict: true);
    }

    [Fact]
    public async Task Arguments_ThatMayBeLeftOut_HaveTheirDefaults()
    {
        var shapes = Contract.As<IShapes>();
        Assert.Equal("MasterDegree without", (await shapes.GrowAsync(Whole)).Note);
        Assert.Equal((2.5m, "Bachelor note"), await shapes.GrowAsync(Whole, 1, Level.Bachelor, "note") is var grown
            ? (grown.Size, grown.Note)
            : default);
        Assert.Equal(2, (await shapes.RepeatAsync(Whole)).Length);
    }

    [Fact]
    public async Task Submitted_IsCommitted_AndEvaluatedMayNotWrite()
    {
        var shapes = Contract.As<IShapes>();
        await shapes.KeepAsync(Whole);
        await shapes.ForgetAsync("whole");
        var e = await Assert.ThrowsAsync<EvaluateException>(() => shapes.WriteAsync("x"));
        Assert.Contains("declared as an evaluation", e.ChaincodeAnswer!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeWritten_IsToldBeforeItIsSent()
    {
        var shapes = Contract.As<IShapes>();
        Assert.Equal(
            "text", (await Assert.ThrowsAsync<ArgumentNullException>(() => shapes.EchoAsync(null!))).ParamName);
        var e = await Assert.ThrowsAsync<ArgumentException>(() => shapes.EchoAsync("\ud800"));
        Assert.Contains("Echo: text cannot be written", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_OfAnotherType_IsToldWithTheTransaction()
    {
        var others = Contract.As<IOtherShapes>();
        var e = await Assert.ThrowsAsync<FormatException>(() => others.EchoAsync("no number"));
        Assert.Contains("The result of Echo is no System.Int32", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("committed", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<FormatException>(() => others.NameAsync("no number"));
        Assert.Matches("The transaction [0-9a-f]{64} is committed all the same", e.Message);
    }

    [Fact]
    public void Options_WithArguments_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Contract.As<IShapes>(new ProposalOptions { Arguments = ["x"] }));
}
