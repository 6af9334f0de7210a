using System.Net;
using System.Net.Sockets;
using MicroCreds.Ledger.Operator;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class PortsTests
{
    private const int FirstOutgoing = 32_768;

    [Fact]
    public void Ports_Taken_AreAllNamed()
    {
        using var first = Listen(out string one);
        using var second = Listen(out string two);
        var ports = new Ports(replace: false);
        Assert.Equal(one, ports.Settle(one, "the peer of Aurora"));
        ports.Settle(two, "the orderer");
        var fault = Assert.Throws<OperatorException>(ports.ThrowIfTaken);
        Assert.Contains($"{one} (the peer of Aurora)", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{two} (the orderer)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--free-ports", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_GivenTwice_AreNamedWithBothUses()
    {
        var ports = new Ports(replace: false);
        string free = new Ports(replace: true).Settle("127.0.0.1:0", "a free one");
        ports.Settle(free, "the peer of Aurora");
        ports.Settle(free, "the metrics of Linden");
        var fault = Assert.Throws<OperatorException>(ports.ThrowIfTaken);
        Assert.Contains("the metrics of Linden, but also the peer of Aurora", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_ToBeReplaced_AreFreeAndOutOfReachOfOutgoingConnections()
    {
        using var listener = Listen(out string taken);
        var ports = new Ports(replace: true);
        string[] settled = [.. Enumerable.Range(0, 50).Select(i => ports.Settle(taken, $"use {i}"))];
        ports.ThrowIfTaken();
        Assert.Equal(settled.Length, settled.Distinct().Count());
        Assert.All(settled, endpoint => Assert.InRange(IPEndPoint.Parse(endpoint).Port, 1024, FirstOutgoing - 1));
    }

    private static Socket Listen(out string endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        endpoint = socket.LocalEndPoint!.ToString()!;
        return socket;
    }
}
