"""WeChat mini program: who has signed in (`client`), and a stand-in that answers like WeChat (`standin`)."""
