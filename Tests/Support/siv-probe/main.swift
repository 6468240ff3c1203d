import Sealing
