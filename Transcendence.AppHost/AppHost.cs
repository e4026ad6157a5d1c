Console.WriteLine("Transcendence");
